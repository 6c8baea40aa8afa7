"""Documents that leave the portal: one description, written as PDF or as DOCX.

Names in Arabic, Cyrillic and Chinese come out right where the Noto fonts are installed (`manage.py doctor`
says whether they are). The PDF is tagged for screen readers (PDF/UA-1).
"""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

import typst
from django.conf import settings
from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Pt

FONTS = ["Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC"]  # in the order a letter is looked for
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True)
class Paragraph:
    text: str
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True)
class Items:
    """A list of short texts."""

    items: Sequence[str]
    kind: str = field(default="items", init=False)


@dataclass(frozen=True)
class Facts:
    """Pairs of label and value."""

    rows: Sequence[tuple[str, str]]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True)
class Table:
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    kind: str = field(default="table", init=False)


@dataclass(frozen=True)
class Section:
    heading: str
    parts: Sequence[Paragraph | Items | Facts | Table]


@dataclass(frozen=True)
class Document:
    """A titled text in sections. `reference` stands at the top of the first page."""

    title: str
    sections: Sequence[Section]
    reference: str = ""
    subtitle: str = ""
    language: str = "en"
    made_at: datetime = field(default_factory=now)

    def data(self) -> dict:
        """Everything as plain text, with the line at the foot of each page."""
        with override(self.language):
            made = _("Made %(at)s UTC") % {"at": f"{self.made_at:%Y-%m-%d %H:%M}"}
            product = str(settings.PRODUCT_NAME)
        return json.loads(json.dumps(asdict(self), default=str)) | {
            "language": self.language[:2],
            "product": product,
            "fonts": FONTS,
            "foot": " · ".join(filter(None, [self.reference, self.title, made])),
        }

    def pdf(self) -> bytes:
        return typst.compile(
            (settings.BASE_DIR / "portal" / "data" / "document.typ").read_bytes(),
            sys_inputs={"document": json.dumps(self.data(), ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=int(self.made_at.timestamp()),
        )

    def docx(self) -> bytes:
        data, docx = self.data(), Docx()
        docx.core_properties.title = self.title
        docx.core_properties.author = data["product"]
        docx.core_properties.language = self.language
        docx.styles["Normal"].font.name = "Noto Sans"
        docx.styles["Normal"].font.size = Pt(10)
        docx.sections[0].footer.paragraphs[0].text = data["foot"]
        docx.add_heading(self.title, level=1)
        for line in filter(None, [self.reference, self.subtitle]):
            docx.add_paragraph(line)
        for section in data["sections"]:
            docx.add_heading(section["heading"], level=2)
            for part in section["parts"]:
                _draw(docx, part)
        if data["language"] == "ar":
            _turn(docx)
        written = io.BytesIO()
        docx.save(written)
        return written.getvalue()


def _draw(docx, part: dict) -> None:
    if part["kind"] == "paragraph":
        docx.add_paragraph(part["text"])
    elif part["kind"] == "items":
        for item in part["items"]:
            docx.add_paragraph(item, style="List Bullet")
    else:
        rows = [part["head"], *part["rows"]] if part["kind"] == "table" else part["rows"]
        if not rows:
            return
        table = docx.add_table(len(rows), len(rows[0]), style="Table Grid")
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = str(text)
        heads = table.rows[0].cells if part["kind"] == "table" else table.columns[0].cells
        for cell in heads:
            for run in cell.paragraphs[0].runs:
                run.bold = True


def _turn(docx) -> None:
    """Right to left: python-docx has no word for it, so the marks of the format are set."""
    for paragraph in docx.element.body.iter(f"{{{docx.element.nsmap['w']}}}p"):
        paragraph.get_or_add_pPr().append(OxmlElement("w:bidi"))
    for table in docx.tables:
        table._tblPr.append(OxmlElement("w:bidiVisual"))
    for paragraph in docx.paragraphs:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT  # "start" in a paragraph that runs right to left


def missing_fonts() -> list[str]:
    """Those of FONTS that this machine lacks; without them some letters come out as boxes."""
    found = set(typst.Fonts().families())
    return [font for font in FONTS if font not in found]


def answer(document: Document, name: str, kind: str) -> HttpResponse:
    """The document as a download; `name` without ending, `kind` is "pdf" or "docx"."""
    content = document.pdf() if kind == "pdf" else document.docx()
    return HttpResponse(
        content,
        content_type=MEDIA_TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{kind}"',
            "Cache-Control": "private, no-store",
        },
    )
