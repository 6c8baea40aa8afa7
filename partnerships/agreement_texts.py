"""The library of templates and clauses for draft agreements, and how one is filled in. Nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from string import Template

import yaml

from portal.documents import Document, Items, Paragraph, Section

FILE = Path(__file__).parent / "data" / "agreement_texts.yaml"


BLANKS = {"entity": "UN entity", "start": "first day", "end": "last day"}  # others are called as they are


class _Words(dict[str, str]):
    """The words of a record. What it lacks stands in brackets: it is still to be written."""

    def __missing__(self, name: str) -> str:
        return f"[{BLANKS.get(name, name)}]"


def filled(text: str, words: Mapping[str, str]) -> str:
    return Template(text).substitute(_Words(words))


@dataclass(frozen=True)
class Text:
    heading: str
    text: str

    @property
    def blank(self) -> str:
        return filled(self.text, {})


@dataclass(frozen=True)
class TemplateVersion:
    """`note` says what changed; a version that was published is never edited."""

    version: int
    since: date
    sections: tuple[Text, ...]
    note: str = ""


@dataclass(frozen=True)
class AgreementTemplate:
    code: str
    kind: str
    title: str
    versions: tuple[TemplateVersion, ...]

    @property
    def current(self) -> TemplateVersion:
        return self.versions[-1]

    def of_version(self, version: int | None) -> TemplateVersion:
        return next((one for one in self.versions if one.version == version), self.current)


@dataclass(frozen=True)
class Clause:
    """A clause of the pack; `always` is in every agreement."""

    code: str
    title: str
    text: str
    always: bool = False

    @property
    def blank(self) -> str:
        return filled(self.text, {})


@cache
def library() -> tuple[dict[str, AgreementTemplate], dict[str, Clause]]:
    """Templates and clauses by their code."""
    found = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    templates = {
        entry["code"]: AgreementTemplate(
            entry["code"],
            entry["kind"],
            entry["title"],
            tuple(
                TemplateVersion(
                    one["version"],
                    one["since"],
                    tuple(Text(**section) for section in one["sections"]),
                    one.get("note", ""),
                )
                for one in entry["versions"]
            ),
        )
        for entry in found["templates"]
    }
    return templates, {entry["code"]: Clause(**entry) for entry in found["clauses"]}


def merged(
    template: AgreementTemplate,
    version: int | None,
    clauses: Sequence[str],
    words: Mapping[str, str],
    *,
    reference: str,
) -> Document:
    """The draft: the sections of the template, then the clauses, with the words of the record filled in."""
    _templates, pack = library()
    chosen = [clause for clause in pack.values() if clause.always or clause.code in clauses]
    one = template.of_version(version)
    sections = [Section(text.heading, [Paragraph(filled(text.text, words))]) for text in one.sections]
    sections += [Section(clause.title, [Paragraph(filled(clause.text, words))]) for clause in chosen]
    sections.append(Section("Signatures", [Items([words.get("entity", ""), words.get("partners", "")])]))
    return Document(
        title=f"{template.title}: {words['title']}",
        reference=reference,
        subtitle=f"Draft. Template {template.code}, version {one.version} of {one.since:%d %B %Y}.",
        sections=sections,
    )
