"""Reading lists as large as none is: every importer over a file of its own, each in a process of its own.

    python -m bench.lists [--entries 50000]

The files are made here, entry by entry as the publishers write theirs, about invented parties. Each line says
the size of the file, the entries a second, and the most memory the reader ever held. The bar is 300 MB, and
meant for files of that size: `--entries 500000`, a quarter of an hour.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench._bars import bar
from screening.lists import importers, mapped_csv

REMARK = "Invented party, made to measure the reading of large files. " * 3
ADDRESS = "1 Invented Street, Limassol"


@dataclass(frozen=True)
class Large:
    """A file of a list: what stands before the entries, each entry by its number, what stands behind."""

    entry: Callable[[int], str]
    head: str = ""
    tail: str = ""
    between: str = ""

    def write(self, path: Path, entries: int) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(self.head)
            for number in range(1, entries + 1):
                file.write((self.between if number > 1 else "") + self.entry(number))
            file.write(self.tail)


def un(n: int) -> str:
    return (
        f"<INDIVIDUAL><DATAID>{n}</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>IVAN{n}</FIRST_NAME>"
        f"<SECOND_NAME>VYDUMANOV</SECOND_NAME><UN_LIST_TYPE>INV</UN_LIST_TYPE>"
        f"<REFERENCE_NUMBER>INi.{n}</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON>"
        f"<COMMENTS1>{REMARK}</COMMENTS1><NATIONALITY><VALUE>Cyprus</VALUE></NATIONALITY>"
        f"<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Vanya {n}</ALIAS_NAME></INDIVIDUAL_ALIAS>"
        "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><YEAR>1971</YEAR>"
        "</INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL>\n"
    )


def ofac_simple(n: int) -> str:
    return (
        f"<sdnEntry><uid>{n}</uid><firstName>Ivan</firstName><lastName>VYDUMANOV {n}</lastName>"
        f"<sdnType>Individual</sdnType><remarks>{REMARK}</remarks><programList><program>INV</program>"
        f"</programList><akaList><aka><uid>{n}</uid><type>a.k.a.</type><category>strong</category>"
        f"<lastName>OLD VYDUMANOV {n}</lastName></aka></akaList></sdnEntry>\n"
    )


def eu(n: int) -> str:
    return (
        f'<sanctionEntity designationDate="2021-03-01" euReferenceNumber="EU.{n}.01" logicalId="{n}">'
        f'<remark>{REMARK}</remark><regulation regulationType="amendment" programme="INV" '
        'publicationDate="2021-03-02" entryIntoForceDate="2021-03-03" logicalId="9"/>'
        f'<subjectType code="person"/><nameAlias wholeName="Ivan {n} Vydumanov" strong="true" '
        'nameLanguage="EN" logicalId="2"/></sanctionEntity>\n'
    )


def uk(n: int) -> str:
    return (
        f"<Designation><LastUpdated>09/04/2025</LastUpdated><UniqueID>INV{n}</UniqueID><Names><Name>"
        f"<Name1>Ivan</Name1><Name6>VYDUMANOV {n}</Name6><NameType>Primary Name</NameType></Name></Names>"
        "<RegimeName>Invented</RegimeName><IndividualEntityShip>Individual</IndividualEntityShip>"
        f"<OtherInformation>{REMARK}</OtherInformation></Designation>\n"
    )


def canada(n: int) -> str:
    return (
        f"<record><Country>Invented / Inventé</Country><EntityOrShip>VYDUMKA {n}</EntityOrShip>"
        f"<Aliases>{REMARK}</Aliases><Schedule>1</Schedule><Item>{n}</Item></record>\n"
    )


def supplier(n: int) -> str:
    return (
        f'{{"SUPP_ID": {n}, "SUPP_NAME": "VYDUMKA {n} (f/k/a OLD VYDUMKA {n})", "SUPP_ADDR": "{ADDRESS}",'
        f' "COUNTRY_NAME": "Cyprus", "DEBAR_FROM_DATE": "05-Mar-2024", "DEBAR_TO_DATE": "31-Dec-2999",'
        f' "DEBAR_REASON": "Invented", "ADD_SUPP_INFO": "{REMARK}"}}'
    )


def subject(n: int) -> str:
    """A subject, and the entities that point at it."""
    return (
        f'{{"id": "inv-{n}", "caption": "Vydumka {n}", "schema": "Company", "target": true, "properties": '
        f'{{"name": ["Vydumka {n}"], "notes": ["{REMARK}"], "addressEntity": ["addr-{n}"]}}}}\n'
        f'{{"id": "s-{n}", "schema": "Sanction", "properties": {{"entity": ["inv-{n}"], '
        f'"program": ["Invented"], "startDate": ["2024-03-05"], "reason": ["{REMARK}"]}}}}\n'
        f'{{"id": "addr-{n}", "schema": "Address", "properties": {{"full": ["{n} {ADDRESS}"]}}}}\n'
        f'{{"id": "p-{n}", "schema": "Passport", "properties": '
        f'{{"holder": ["inv-{n}"], "number": ["P{n}"]}}}}\n'
        f'{{"id": "o-{n}", "schema": "Ownership", "properties": '
        f'{{"asset": ["inv-{n}"], "owner": ["inv-1"]}}}}\n'
    )


def advanced(path: Path, entries: int) -> None:
    """OFAC's advanced XML: places and documents before the parties, sanctions and relations behind them."""
    sample = Path("tests/screening/lists/extracts/samples/sdn_advanced.xml").read_text("utf-8")
    references = sample[: sample.index("<Locations>")]
    parts = (
        ("Locations", lambda n: (
            f'<Location ID="{n}"><LocationCountry CountryID="11216" /><LocationPart LocPartTypeID="1451">'
            f"<LocationPartValue><Value>{n} {ADDRESS}</Value></LocationPartValue></LocationPart></Location>"
        )),
        ("IDRegDocuments", lambda n: (
            f'<IDRegDocument ID="{n}" IDRegDocTypeID="1626" IdentityID="{n}" IssuedBy-CountryID="11216">'
            f"<IDRegistrationNo>HE {n}</IDRegistrationNo></IDRegDocument>"
        )),
        ("DistinctParties", lambda n: (
            f'<DistinctParty FixedRef="{n}"><Profile ID="{n}" PartySubTypeID="3"><Comment>{REMARK}</Comment>'
            f'<Identity ID="{n}" Primary="true"><Alias AliasTypeID="1403" Primary="true" LowQuality="false">'
            f'<DocumentedName ID="{n}"><DocumentedNamePart><NamePartValue NamePartGroupID="13" '
            f'ScriptID="215">VYDUMKA {n}</NamePartValue></DocumentedNamePart></DocumentedName></Alias>'
            "<NamePartGroups><MasterNamePartGroup>"
            '<NamePartGroup ID="13" NamePartTypeID="1525" /></MasterNamePartGroup></NamePartGroups>'
            "</Identity>"
            f'<Feature ID="5" FeatureTypeID="25"><FeatureVersion ID="5"><VersionLocation LocationID="{n}" />'
            "</FeatureVersion></Feature></Profile></DistinctParty>\n"
        )),
        ("ProfileRelationships", lambda n: (
            f'<ProfileRelationship ID="{n}" From-ProfileID="{n}" To-ProfileID="1" RelationTypeID="15003">'
            "<Comment /></ProfileRelationship>"
        )),
        ("SanctionsEntries", lambda n: (
            f'<SanctionsEntry ID="{n}" ProfileID="{n}" ListID="1550"><EntryEvent ID="1"><Date><Year>2024'
            "</Year><Month>3</Month><Day>5</Day></Date></EntryEvent><SanctionsMeasure><Comment>INV</Comment>"
            "</SanctionsMeasure></SanctionsEntry>\n"
        )),
    )  # fmt: skip
    with path.open("w", encoding="utf-8") as file:
        file.write(references)
        for tag, entry in parts:
            file.write(f"<{tag}>")
            file.writelines(entry(number) for number in range(1, entries + 1))
            file.write(f"</{tag}>")
        file.write("</Sanctions>")


XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
UK_COLUMNS = "Unique ID,Name 6,Name type,Regime Name,Designation Type,Other Information\n"
BIS_COLUMNS = (
    "Name\tStreet_Address\tCity\tState\tCountry\tPostal_Code\tEffective_Date\tExpiration_Date\t"
    "Standard_Order\tLast_Update\tAction\tFR_Citation\n"
)
TARGETS = "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions\n"
VENDORS = {"id": "vendor_id", "name": "name", "country": "country", "reasons": "reason"}
PARTICIPANTS = {"id": "participant_id", "name": "name", "country": "country", "listed_on": "joined_on"}

# Importer: its files. A list of several files is a folder.
FILES: dict[str, dict[str, Large]] = {
    "un_xml": {"un.xml": Large(
        un, f'{XML}<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z"><INDIVIDUALS>',
        "</INDIVIDUALS><ENTITIES></ENTITIES></CONSOLIDATED_LIST>",
    )},
    "ofac_simple_xml": {"sdn.xml": Large(ofac_simple, f"{XML}<sdnList>", "</sdnList>")},
    "ofac_csv": {
        "sdn.csv": Large(lambda n: f'{n},"VYDUMKA {n}",-0- ,"INV"{",-0- " * 7},"{REMARK}"\r\n', tail="\x1a"),
        "alt.csv": Large(lambda n: f'{n},{n},"aka","OLD VYDUMKA {n}",-0- \r\n', tail="\x1a"),
        "add.csv": Large(lambda n: f'{n},{n},"{ADDRESS}","Limassol","Cyprus",-0- \r\n', tail="\x1a"),
        "sdn_comments.csv": Large(lambda n: f'{n},"{REMARK}"\r\n', tail="\x1a"),
    },
    "eu_xml": {"eu.xml": Large(
        eu, f'{XML}<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-02-26">',
        "</export>",
    )},
    "uk_xml": {"uk.xml": Large(uk, f"{XML}<Designations>", "</Designations>")},
    "uk_csv": {"uk.csv": Large(
        lambda n: f'INV{n},VYDUMANOV {n},Primary Name,Invented,Individual,"{REMARK}"\n', UK_COLUMNS
    )},
    "worldbank_json": {"worldbank.json": Large(
        supplier, '{"response": {"ZPROCSUPP": [', "]}}", between=",\n"
    )},
    "worldbank_csv": {
        "debarred.csv": Large(lambda n: f'{n},VYDUMKA {n},INV,"{REMARK}"\n', "id,name,program,summary\n"),
        "debarred_addresses.csv": Large(
            lambda n: f'{n},"{n} {ADDRESS}",Cyprus\n', "entity_id,text,country_name\n"
        ),
        "debarred_aliases.csv": Large(lambda n: f"{n},OLD VYDUMKA {n}\n", "entity_id,name\n"),
    },
    "canada_xml": {"canada.xml": Large(canada, f"{XML}<data-set>", "</data-set>")},
    "bis_tsv": {"dpl.txt": Large(
        lambda n: f"VYDUMKA {n}\t{n} Street\tLimassol\t\tCY\t\t03/05/2024\t\tY\t2024-03-06\t{REMARK}\t\n",
        BIS_COLUMNS,
    )},
    "ftm": {"entities.ftm.json": Large(subject)},
    "ftm_targets": {"targets.simple.csv": Large(
        lambda n: f'inv-{n},Company,Vydumka {n},Old Vydumka {n},,cy,"{ADDRESS}",HE {n},"{REMARK}"\n', TARGETS
    )},
    "UN vendors": {"vendors.csv": Large(
        lambda n: f'{n},VYDUMKA {n},Cyprus,"{REMARK}"\n', "vendor_id,name,country,reason\n"
    )},
    "Global Compact": {"participants.csv": Large(
        lambda n: f'{n},VYDUMKA {n},Cyprus,2020-01-02,"{REMARK}"\n',
        "participant_id,name,country,joined_on,sector\n",
    )},
}  # fmt: skip
MAPPINGS = {"UN vendors": VENDORS, "Global Compact": PARTICIPANTS}


def make(importer: str, folder: Path, entries: int) -> Path:
    """Write the file or folder of an importer."""
    if importer == "ofac_xml":
        path = folder / "sdn_advanced.xml"
        advanced(path, entries)
        return path
    for name, large in FILES[importer].items():
        large.write(folder / name, entries)
    return folder if len(FILES[importer]) > 1 else folder / next(iter(FILES[importer]))


def entries_of(importer: str, path: Path) -> Iterator[object]:
    if importer in MAPPINGS:
        with path.open("rb") as stream:
            yield from mapped_csv.parse(stream, MAPPINGS[importer])
    else:
        yield from importers.read(importer, path)


def read(importer: str, path: Path) -> tuple[int, float, float]:
    """In a process of its own: entries read, CPU seconds, and the most memory it ever held in MB."""
    begun = time.process_time()
    count = sum(1 for _ in entries_of(importer, path))
    spent = time.process_time() - begun
    status = Path("/proc/self/status").read_text("ascii")
    return count, spent, int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measure(importer: str, entries: int) -> tuple[int, float, float, float]:
    """Size of the file in MB, and what `read` answers."""
    with tempfile.TemporaryDirectory() as folder:
        path = make(importer, Path(folder), entries)
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 2**20
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as reader:
            return (round(size), *reader.submit(read, importer, path).result())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=50_000)
    parser.add_argument("importers", nargs="*", default=[*FILES, "ofac_xml"])
    asked = parser.parse_args()
    print(f"\nReading lists of {asked.entries:,} entries")
    for importer in asked.importers:
        size, count, spent, held = measure(importer, asked.entries)
        print(f"  {importer}: {size} MB, {count:,} entries, {count / spent:,.0f} entries a CPU second")
        bar(f"memory of the reader of {importer} in MB", held, at_most=300)


if __name__ == "__main__":
    main()
