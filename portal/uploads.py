"""Judges a file from outside before anything is kept: what it says it is must be what it is.

Allowed are PDF, DOCX, XLSX, PNG, JPEG, CSV and plain text. The name's ending, the first bytes and the
whole content must agree. Images are drawn anew, which drops their metadata and whatever was hidden behind
them. Nothing here touches the database or the disk.
Source: OWASP ASVS 5.0.0, 5.1.1, 5.2.1–5.2.6, 5.3.1, 14.2.8.
"""

import io
import re
import stat
import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from portal.errors import RuleViolation

MAX_BYTES = 20 * 1024 * 1024
MAX_NAME = 120  # characters, ending included
MAX_PIXELS = 40_000_000
MAX_PARTS = 2_000  # entries of an office file
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100  # unpacked to packed bytes of one entry
OFFICE = "application/vnd.openxmlformats-officedocument."

# What a name may not carry into a header, a page or a file system: separators, controls, direction marks.
UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')
ACTIVE_PDF = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
# What their readers raise for content that is not theirs.
NO_IMAGE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError)
NO_ARCHIVE = (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Judged:
    name: str
    media_type: str
    content: bytes


def judge(name: str, content: bytes) -> Judged:
    """The file as it may be kept. Raises RuleViolation with the reason and what to do instead."""
    name = clean_name(name)
    ending = name.rpartition(".")[2].lower()
    if ending not in JUDGES:
        raise RuleViolation(_("This kind of file is not taken. Send PDF, DOCX, XLSX, PNG, JPG, CSV or TXT."))
    if not content:
        raise RuleViolation(_("The file is empty. Choose it again."))
    if len(content) > MAX_BYTES:
        raise RuleViolation(
            _("The file is larger than %(size)d MB. Split it or make it smaller.")
            % {"size": MAX_BYTES // 1024**2}
        )
    media_type, check = JUDGES[ending]
    return Judged(name, media_type, check(content))


def clean_name(name: str) -> str:
    """The last part of a path without what could mislead: "../a\\u202etxt.pdf" becomes "atxt.pdf"."""
    name = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode())
    name = UNSAFE.sub("", name.replace("\\", "/").rpartition("/")[2]).strip().rstrip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name[:MAX_NAME]
    return f"{stem[: MAX_NAME - 6].strip() or 'file'}.{ending[:5]}"


def _mismatch() -> RuleViolation:
    return RuleViolation(_("The content is not what the ending of the name says. Save it again and retry."))


def _pdf(content: bytes) -> bytes:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise _mismatch()
    if ACTIVE_PDF.search(content):
        raise RuleViolation(
            _("This PDF holds a program, a form script or another file. Print it to a new PDF and send that.")
        )
    return content


def _image(form: str) -> Callable[[bytes], bytes]:
    def check(content: bytes) -> bytes:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                image = Image.open(io.BytesIO(content), formats=[form])
                if image.width * image.height > MAX_PIXELS:
                    raise RuleViolation(
                        _("The picture has more than 40 million points. Make it smaller and send it again.")
                    )
                drawn = ImageOps.exif_transpose(image)
                drawn.load()
        except (
            UnidentifiedImageError,
            OSError,
            SyntaxError,
            ValueError,
            Warning,
            Image.DecompressionBombError,
        ):
            raise _mismatch() from None
        if form == "JPEG" and drawn.mode not in ("RGB", "L"):
            drawn = drawn.convert("RGB")
        clean = Image.new(drawn.mode, drawn.size)
        clean.paste(drawn)
        if drawn.mode == "P" and (palette := drawn.getpalette()):
            clean.putpalette(palette)
        kept = io.BytesIO()
        clean.save(kept, form, **({"quality": 88} if form == "JPEG" else {"optimize": False}))
        return kept.getvalue()

    return check


def _office(main: str) -> Callable[[bytes], bytes]:
    """`main` is the content type of the main part, without the common beginning."""

    def check(content: bytes) -> bytes:
        if not content.startswith(b"PK\x03\x04"):
            raise _mismatch()
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                _check_parts(parts)
                types = parts.read("[Content_Types].xml")
        except (
            zipfile.BadZipFile,
            KeyError,
            NotImplementedError,
            RuntimeError,
            EOFError,
            OSError,
            ValueError,
        ):
            raise _mismatch() from None
        if f'"{OFFICE}{main}"'.encode() not in types or b"<!DOCTYPE" in types:
            raise _mismatch()
        return content

    return check


def _check_parts(parts: zipfile.ZipFile) -> None:
    entries = parts.infolist()
    if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise RuleViolation(_("The file unpacks to far more than it should. Save it again and retry."))
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or stat.S_ISLNK(entry.external_attr >> 16):
            raise _mismatch()
        if entry.file_size > MAX_RATIO * max(entry.compress_size, 1024):
            raise RuleViolation(_("The file unpacks to far more than it should. Save it again and retry."))
        if re.search(r"vba|macro|activeX|\.bin$|\.exe$", entry.filename, re.IGNORECASE):
            raise RuleViolation(_("The file holds a macro or a program. Save it without and send that."))
        with parts.open(entry) as part:
            head = part.read(min(entry.file_size, MAX_UNPACKED) if entry.filename.endswith(".rels") else 4096)
        if head.startswith(PACKED):
            raise RuleViolation(_("The file holds another file. Send each file by itself."))
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise _mismatch()
        if b"attachedTemplate" in head and b"External" in head:
            raise RuleViolation(_("The file fetches a template from elsewhere. Save it without one."))


def _text(content: bytes) -> bytes:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RuleViolation(_("The text is not in UTF-8. Save it as “UTF-8” and send it again.")) from None
    if "\x00" in text:
        raise _mismatch()
    return content


JUDGES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "pdf": ("application/pdf", _pdf),
    "docx": (f"{OFFICE}wordprocessingml.document", _office("wordprocessingml.document.main+xml")),
    "xlsx": (f"{OFFICE}spreadsheetml.sheet", _office("spreadsheetml.sheet.main+xml")),
    "png": ("image/png", _image("PNG")),
    "jpg": ("image/jpeg", _image("JPEG")),
    "jpeg": ("image/jpeg", _image("JPEG")),
    "csv": ("text/csv; charset=utf-8", _text),
    "txt": ("text/plain; charset=utf-8", _text),
}
