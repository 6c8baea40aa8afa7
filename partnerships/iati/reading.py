"""Reads IATI 2.03 activities, those of this registry in full and those of others as far as they go."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import BinaryIO
from xml.etree import ElementTree as ET

from partnerships.iati import codes
from partnerships.iati.facts import Activity, Entity, Giving, Measure, Party
from partnerships.iati.writing import LANG, own
from partnerships.labels import countries

LEVELS = {code: level for level, code in codes.RESULT_TYPE.items()}
SCOPES = {code: scope for scope, code in codes.ACTIVITY_SCOPE.items()}
STATUSES = {"1": "design", "2": "active", "3": "closing", "4": "closed", "5": "abandoned", "6": "on_hold"}
KINDS = {"70": "company", "60": "foundation", "22": "ngo", "10": "government", "80": "academia"}


class NotIati(Exception):
    """Not a file of IATI activities; the message says why."""


class Plain(ET.TreeBuilder):
    """A tree without a document type: its entities could make a small file grow without end."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise NotIati("The file declares a document type, which IATI files do not have.")


def read(stream: BinaryIO) -> Iterator[Activity]:
    """The activities of a file. Raises NotIati."""
    try:
        parser = ET.XMLParser(target=Plain())  # noqa: S314  what makes XML unsafe is refused by Plain
        root = ET.parse(stream, parser).getroot()  # noqa: S314
        if root.tag != "iati-activities":
            raise NotIati(f"The file begins with <{root.tag}> and not with <iati-activities>.")
        for node in root.iterfind("iati-activity"):
            yield activity_in(node)
    except (ET.ParseError, InvalidOperation) as error:
        raise NotIati(str(error)) from error


def activity_in(node: ET.Element) -> Activity:
    extra = node.find(own("record"))
    extra = ET.Element("none") if extra is None else extra
    tags = node.findall("tag")
    ours: dict[str, list[str]] = {}
    for tag in tags:
        if tag.get("vocabulary") == codes.OWN:
            facet, _colon, value = tag.get("code", "").partition(":")
            ours.setdefault(facet, []).append(value)
    status = node.find("activity-status")
    code = "" if status is None else status.get("code", "")
    parts = node.findall("participating-org")
    related = node.find("related-activity[@type='1']")
    iso3 = {country.iso2: country.pk for country in countries().values()}
    return Activity(
        reference=extra.get("reference") or (node.findtext("iati-identifier") or "").strip(),
        title=_words(node, "title"),
        summary=_words(node, "description"),
        language=node.get(LANG, "en"),
        record_kind=ours.get("kind", ["partnership"])[0],
        partnership_type=ours.get("type", [""])[0],
        status=(status.get(own("status"), "") if status is not None else "") or STATUSES.get(code, "design"),
        status_as_of=extra.get("status_as_of", ""),
        scope=SCOPES.get(_code(node, "activity-scope"), "national"),
        start=_date(node, "12"),
        end=_date(node, "34"),
        place_note=extra.get("place_note", ""),
        date_note=extra.get("date_note", ""),
        further_note=extra.get("further_note", ""),
        source_document=extra.get("source_document", ""),
        source_place=extra.get("source_place", ""),
        origin=extra.get("origin", ""),
        parent="" if related is None else related.get("ref", ""),
        purposes=tuple(ours.get("purposes", ())),
        modalities=tuple(ours.get("modalities", ())),
        themes=tuple(ours.get("themes", ())),
        frameworks=tuple(ours.get("frameworks", ())),
        mdgs=tuple(int(goal) for goal in ours.get("mdgs", ()) if goal.isdigit()),
        targets=tuple(tag.get("code", "") for tag in tags if tag.get("vocabulary") == codes.TARGETS),
        countries=tuple(
            sorted(
                iso3[part.get("code", "")]
                for part in node.findall("recipient-country")
                if part.get("code") in iso3
            )
        ),
        regions=tuple(
            sorted(
                part.get("code", "")
                for part in node.findall("recipient-region")
                if part.get("vocabulary") == codes.M49
            )
        ),
        entities=tuple(_entity(part) for part in parts if _is_entity(part)),
        parties=tuple(_party(part) for part in parts if not _is_entity(part)),
        givings=tuple(_giving(part) for part in node.findall("transaction"))
        + tuple(_in_kind(part) for part in extra.findall(own("contribution"))),
        measures=tuple(
            _measure(result, indicator)
            for result in node.findall("result")
            for indicator in result.findall("indicator")
        ),
    )


def _words(node: ET.Element, tag: str) -> str:
    return node.findtext(f"{tag}/narrative") or ""


def _code(node: ET.Element, tag: str) -> str:
    found = node.find(tag)
    return "" if found is None else found.get("code", "")


def _date(node: ET.Element, kinds: str) -> str:
    """A date of one of these kinds as it was known; the whole day where the file is of another registry."""
    for part in node.findall("activity-date"):
        if part.get("type", "") in kinds:
            return part.get(own("date"), part.get("iso-date", ""))
    return ""


def _is_entity(part: ET.Element) -> bool:
    return part.get(own("entity")) is not None or part.get("ref") in _entities()


def _entities() -> dict[str, str]:
    return {ref: code for code, ref in codes.channels().items()}


def _entity(part: ET.Element) -> Entity:
    return Entity(
        code=part.get(own("entity")) or _entities()[part.get("ref", "")],
        name=part.findtext("narrative") or "",
        role=part.get(own("role")) or ("lead" if part.get("role") == "2" else "participant"),
        office=part.get(own("office"), "hq"),
        country=part.get(own("country"), ""),
        note=part.get(own("note"), ""),
    )


def _party(part: ET.Element) -> Party:
    return Party(
        name=part.findtext("narrative") or "",
        kind=part.get(own("kind")) or KINDS.get(part.get("type", ""), "ngo"),
        is_company=bool(part.get(own("company"))),
        role=part.get(own("role"), ""),
        lei=part.get("ref", "").removeprefix("XI-LEI-") if "XI-LEI-" in part.get("ref", "") else "",
        country=part.get(own("country"), ""),
        sector=part.get(own("sector"), ""),
    )


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _shared(part: ET.Element) -> dict:
    year, earmarked = part.get(own("year"), ""), part.get(own("earmarked"))
    return {
        "kind": part.get(own("kind"), "cash"),
        "status": part.get(own("status"), "stated"),
        "usd_value": _number(part.get(own("usd"))),
        "bound": part.get(own("bound"), ""),
        "quantity": _number(part.get(own("quantity"))),
        "unit": part.get(own("unit"), ""),
        "earmarked": None if earmarked is None else earmarked == "true",
        "year": int(year) if year else None,
        "as_of": part.get(own("as_of"), ""),
        "country": part.get(own("country"), ""),
        "valuation": part.get(own("valuation"), ""),
    }


def _giving(part: ET.Element) -> Giving:
    value = part.find("value")
    return Giving(
        **_shared(part),
        amount=_number(part.findtext("value")),
        currency="" if value is None else value.get("currency", ""),
        giver=_words(part, "provider-org"),
        receiver=_words(part, "receiver-org"),
        note=_words(part, "description"),
    )


def _in_kind(part: ET.Element) -> Giving:
    return Giving(
        **_shared(part),
        currency=part.get(own("currency"), ""),
        giver=part.get(own("giver"), ""),
        receiver=part.get(own("receiver"), ""),
        note=part.text or "",
    )


def _measure(result: ET.Element, indicator: ET.Element) -> Measure:
    base, target, actual = (indicator.find(path) for path in ("baseline", "period/target", "period/actual"))
    none = ET.Element("none")
    base, target, actual = (none if part is None else part for part in (base, target, actual))
    return Measure(
        name=_words(indicator, "title"),
        level=indicator.get(own("level")) or LEVELS.get(result.get("type", ""), "output"),
        unit=indicator.get(own("unit"), ""),
        direction="down" if indicator.get("ascending") in ("0", "false") else "up",
        baseline=_number(base.get("value")),
        baseline_on=base.get(own("on"), ""),
        target=_number(target.get("value")),
        target_on=indicator.get(own("target_on"), ""),
        actual=_number(actual.get("value")),
        as_of=indicator.get(own("as_of"), ""),
        bound=indicator.get(own("bound"), ""),
        note=indicator.get(own("note"), ""),
    )
