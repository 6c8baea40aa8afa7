"""Every importer by its slug: which files it takes, and how to read them from a file or a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO

from screening.lists import bis, canada, eu, ftm, ofac_csv, ofac_xml, uk, un, worldbank
from screening.lists.model import Entry, ListError, ListFile, gettext_noop

NO_FILE = gettext_noop("There is no file that the importer %(importer)s reads; it takes %(patterns)s.")
NOT_THERE = gettext_noop("The folder has no file or folder for the list %(code)s.")
SEVERAL_FILES = gettext_noop("The list is one file, but several fit: %(names)s. Name the one that is meant.")

OneFile = Callable[[BinaryIO, ListFile | None, str], Iterator[Entry]]
ManyFiles = Callable[[Mapping[str, BinaryIO], ListFile | None], Iterator[Entry]]


@dataclass(frozen=True, slots=True)
class Importer:
    """`patterns` are the names of its files; `one` reads a single stream, `many` a set of named streams."""

    slug: str
    title: str
    patterns: tuple[str, ...]
    one: OneFile | None = None
    many: ManyFiles | None = None


IMPORTERS: dict[str, Importer] = {
    importer.slug: importer
    for importer in (
        Importer("un_xml", gettext_noop("UN Security Council, XML"), ("*.xml",), one=un.parse),
        Importer("ofac_xml", gettext_noop("OFAC, advanced XML"), ("*advanced*.xml",), one=ofac_xml.parse),
        Importer("ofac_simple_xml", gettext_noop("OFAC, simple XML"), ("*.xml",), one=ofac_xml.parse_simple),
        Importer("ofac_csv", gettext_noop("OFAC, legacy CSV set"), ("*.csv",), many=ofac_csv.parse),
        Importer("eu_xml", gettext_noop("EU financial sanctions, XML"), ("*.xml",), one=eu.parse),
        Importer("uk_xml", gettext_noop("UK Sanctions List, XML"), ("*.xml",), one=uk.parse),
        Importer("uk_csv", gettext_noop("UK Sanctions List, CSV"), ("*.csv",), one=uk.parse_csv),
        Importer("worldbank_json", gettext_noop("World Bank, JSON"), ("*.json",), one=worldbank.parse_json),
        Importer(
            "worldbank_csv", gettext_noop("World Bank, CSV tables"), ("*.csv",), many=worldbank.parse_csv
        ),
        Importer(
            "canada_xml", gettext_noop("Canada, autonomous sanctions, XML"), ("*.xml",), one=canada.parse
        ),
        Importer(
            "bis_tsv", gettext_noop("BIS denied persons, tab-separated"), ("*.txt", "*.tsv"), one=bis.parse
        ),
        Importer("ftm", gettext_noop("FollowTheMoney, JSON lines"), ("*.json", "*.jsonl"), one=ftm.parse),
        Importer("ftm_targets", gettext_noop("Targets, simple CSV"), ("*.csv",), one=ftm.parse_targets),
    )
}

# Which importers read the lists of a code, the better source first.
IMPORTERS_OF = {
    "un": ("un_xml",),
    "ofac": ("ofac_xml", "ofac_simple_xml", "ofac_csv"),
    "ofac_nonsdn": ("ofac_xml", "ofac_simple_xml", "ofac_csv"),
    "eu": ("eu_xml",),
    "uk": ("uk_xml", "uk_csv"),
    "worldbank": ("worldbank_json", "worldbank_csv"),
    "canada": ("canada_xml",),
    "bis": ("bis_tsv",),
}


def find(folder: Path, codes: list[str]) -> list[tuple[str, str, Path]]:
    """(code, importer, path) of the lists in a folder that holds CODE.xml, CODE.csv, … or a folder CODE.

    Without codes all that are there. Raises ListError when a list that is asked for is not there.
    """
    found = []
    for code in codes or IMPORTERS_OF:
        places = [path for path in sorted(folder.glob(f"{code}*")) if path.stem == code]
        choice = [
            (code, slug, path) for slug in IMPORTERS_OF.get(code, ()) for path in places if _fits(slug, path)
        ]
        if choice:
            found.append(choice[0])
        elif codes:
            raise ListError("missing_file", NOT_THERE, folder.name, code=code)
    if not found:
        raise ListError("missing_file", NOT_THERE, folder.name, code=", ".join(IMPORTERS_OF))
    return found


def _fits(slug: str, path: Path) -> bool:
    patterns = IMPORTERS[slug].patterns
    names = [file.name for file in path.iterdir()] if path.is_dir() else [path.name]
    return any(fnmatch(name.casefold(), pattern) for name in names for pattern in patterns)


def read(slug: str, path: Path, about: ListFile | None = None) -> Iterator[Entry]:
    """Yield the entries of a file or a folder of files; `about` receives what the file says of itself.

    Raises KeyError for an unknown slug, ListError when the files cannot be read as that list, OSError.
    """
    importer = IMPORTERS[slug]
    if path.is_dir():
        files = sorted(
            file
            for file in path.iterdir()
            if any(fnmatch(file.name.casefold(), known) for known in importer.patterns)
        )
    else:
        files = [path]
    if not files:
        raise ListError(
            "missing_file", NO_FILE, path.name, importer=slug, patterns=", ".join(importer.patterns)
        )
    if importer.one is not None and len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise ListError("several_files", SEVERAL_FILES, path.name, names=names)
    with ExitStack() as stack:
        streams = {file.name: stack.enter_context(file.open("rb")) for file in files}
        if importer.one is not None:
            name, stream = next(iter(streams.items()))
            yield from importer.one(stream, about, name)
        elif importer.many is not None:
            yield from importer.many(streams, about)
