"""Every importer by its slug: which files it takes, and how to read them from a file or a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, BinaryIO

from screening.lists import bis, bundles, canada, eu, ftm, mapped_csv, ofac_csv, ofac_xml, uk, un, worldbank
from screening.lists.model import Entry, ListError, ListFile, gettext_noop

NO_FILE = gettext_noop("There is no file that the importer %(importer)s reads; it takes %(patterns)s.")
NOT_THERE = gettext_noop("The folder has no file or folder for the list %(code)s.")
SEVERAL_FILES = gettext_noop("The list is one file, but several fit: %(names)s. Name the one that is meant.")
HEAD = 1 << 14  # bytes that tell two layouts of one list apart

OneFile = Callable[[BinaryIO, ListFile | None, str], Iterator[Entry]]
ManyFiles = Callable[[Mapping[str, BinaryIO], ListFile | None], Iterator[Entry]]


@dataclass(frozen=True, slots=True)
class Importer:
    """`patterns` are the names of its files; `one` reads a single stream, `many` a set of named streams.

    `mark` is what the start of the file holds, where patterns alone do not tell two importers apart.
    """

    slug: str
    title: str
    patterns: tuple[str, ...]
    one: OneFile | None = None
    many: ManyFiles | None = None
    mark: bytes = b""


IMPORTERS: dict[str, Importer] = {
    importer.slug: importer
    for importer in (
        Importer("un_xml", gettext_noop("UN Security Council, XML"), ("*.xml",), one=un.parse),
        Importer(
            "ofac_simple_xml",
            gettext_noop("OFAC, simple XML"),
            ("*.xml",),
            one=ofac_xml.parse_simple,
            mark=b"<sdnList",
        ),
        Importer("ofac_xml", gettext_noop("OFAC, advanced XML"), ("*.xml",), one=ofac_xml.parse),
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

# Which importers read the lists of a family, the better source first; a family is what ListSource.importer
# names.
FAMILIES = {
    "un": ("un_xml",),
    "ofac": ("ofac_simple_xml", "ofac_xml", "ofac_csv"),
    "eu": ("eu_xml",),
    "uk": ("uk_xml", "uk_csv"),
    "worldbank": ("worldbank_json", "worldbank_csv"),
    "canada": ("canada_xml",),
    "bis": ("bis_tsv",),
    "ftm": ("ftm", "ftm_targets"),
}
MAPPED = "mapped_csv"  # the family of any table with a header, read by the mapping of its source
MAPPED_PATTERNS = ("*.csv", "*.tsv", "*.txt")
# The family of a list's code, where it is not the code itself.
FAMILY_OF = {"ofac_nonsdn": "ofac"}
CODES = ("un", "ofac", "ofac_nonsdn", "eu", "uk", "worldbank", "canada", "bis")


def read_files(
    family: str,
    files: Mapping[str, BinaryIO],
    about: ListFile | None = None,
    mapping: Mapping[str, Any] | None = None,
) -> Iterator[Entry]:
    """Yield the entries of a list's open files, by the importer of its family that fits them.

    `mapping` is that of the source, for the family "mapped_csv": see `mapped_csv.Mapping`.
    Raises ListError when no importer fits or the files cannot be read as that list.
    """
    if len(files) == 1:
        files = {_named(*item): item[1] for item in files.items()}
    taken = {name: files[name] for name in fitting(family, files)}
    importer = None if family == MAPPED else _importer(family, taken)
    if importer is not None and importer.many is not None:
        yield from importer.many(taken, about)
        return
    if len(taken) > 1:
        raise ListError("several_files", SEVERAL_FILES, names=", ".join(taken))
    name, stream = next(iter(taken.items()))
    if importer is None:
        yield from mapped_csv.parse_with(stream, mapping or {}, about, name)
    elif importer.one is not None:
        yield from importer.one(stream, about, name)


def _named(name: str, stream: BinaryIO) -> str:
    """The name with the ending that its content asks for, where it has none of ours."""
    if name.casefold().endswith((".xml", ".json", ".jsonl", ".csv", ".tsv", ".txt")):
        return name
    head = stream.read(HEAD).lstrip(b"\xef\xbb\xbf \r\n\t")
    stream.seek(0)
    return name + (".xml" if head[:1] == b"<" else ".json" if head[:1] in (b"{", b"[") else ".csv")


def fitting(family: str, names: Iterable[str]) -> list[str]:
    """Of file names, those that the first fitting importer of a family takes.

    Raises ListError where none does.
    """
    known = [MAPPED_PATTERNS] if family == MAPPED else [IMPORTERS[slug].patterns for slug in FAMILIES[family]]
    for patterns in known:
        if chosen := sorted(name for name in names if _takes(patterns, name)):
            return chosen
    wanted = ", ".join(dict.fromkeys(pattern for patterns in known for pattern in patterns))
    raise ListError("missing_file", NO_FILE, importer=family, patterns=wanted)


def _importer(family: str, files: Mapping[str, BinaryIO]) -> Importer:
    """Of a family, the importer for files that fit it; two layouts of XML are told apart by their start."""
    name, stream = next(iter(files.items()))
    suited = [IMPORTERS[slug] for slug in FAMILIES[family] if _takes(IMPORTERS[slug].patterns, name)]
    head = stream.read(HEAD) if any(importer.mark for importer in suited) else b""
    stream.seek(0)
    marked = [importer for importer in suited if importer.mark and importer.mark in head]
    return marked[0] if marked else next(importer for importer in suited if not importer.mark)


def _takes(patterns: tuple[str, ...], name: str) -> bool:
    return any(fnmatch(name.casefold(), pattern) for pattern in patterns)


def find(folder: Path, codes: Iterable[str]) -> list[tuple[str, Path]]:
    """(code, path) of the lists in a folder that holds CODE.xml, CODE.csv, … or a folder CODE.

    Without codes all that are there. Raises ListError when a list that is asked for is not there.
    """
    asked = tuple(codes)
    found = []
    for code in asked or CODES:
        places = [path for path in sorted(folder.glob(f"{code}*")) if path.stem == code]
        if places:
            found.append((code, places[0]))
        elif asked:
            raise ListError("missing_file", NOT_THERE, folder.name, code=code)
    if not found:
        raise ListError("missing_file", NOT_THERE, folder.name, code=", ".join(CODES))
    return found


def read_path(family: str, path: Path, about: ListFile | None = None) -> Iterator[Entry]:
    """Yield the entries of a file, an archive or a folder of files. Raises ListError, OSError."""
    with ExitStack() as stack:
        if path.is_dir():
            names = fitting(family, [file.name for file in path.iterdir() if file.is_file()])
            files = {name: stack.enter_context((path / name).open("rb")) for name in names}
            yield from read_files(family, files, about)
        else:
            stream = stack.enter_context(path.open("rb"))
            yield from read_files(family, stack.enter_context(bundles.opened(stream, path.name)), about)


def read(slug: str, path: Path, about: ListFile | None = None) -> Iterator[Entry]:
    """`read_path` by one importer, named by its slug.

    Raises KeyError for an unknown slug, ListError when the files cannot be read as that list, OSError.
    """
    importer = IMPORTERS[slug]
    files = [path]
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if _takes(importer.patterns, file.name))
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
