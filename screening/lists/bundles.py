"""A list that comes as several files, kept as one: a ZIP archive of ours, or the one a person hands in."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath
from shutil import copyfileobj
from typing import IO, BinaryIO, cast

from screening.lists.model import ListError, gettext_noop

MAX_FILES = 20
MAX_BYTES = 1 << 30  # of all files, unpacked; the largest published list has about 120 MB
MAX_RATIO = 200  # unpacked to packed; lists in XML reach about 30

GZIP = gettext_noop("The file is compressed with gzip. Unpack it and hand in the list itself.")
BAD_ZIP = gettext_noop("The archive cannot be read: %(detail)s.")
TOO_MUCH = gettext_noop("The archive holds more than a list can (%(limit)s). It was not unpacked.")
LOCKED = gettext_noop("The archive is protected with a password.")
NO_FILES = gettext_noop("The archive is empty.")


def pack(files: Iterable[tuple[str, IO[bytes]]], into: IO[bytes]) -> None:
    """Write files into one archive; the same files always give the same bytes."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted(files, key=lambda item: item[0]):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            file.seek(0)
            with archive.open(member, "w") as target:
                copyfileobj(file, target, 1 << 20)


@contextmanager
def opened(stream: BinaryIO, name: str) -> Iterator[Mapping[str, BinaryIO]]:
    """The files inside, by name: those of an archive, or the one file itself.

    Raises ListError for an archive that is damaged, locked, or unpacks to more than any list.
    """
    start = stream.read(4)
    stream.seek(0)
    if start.startswith(b"\x1f\x8b"):
        raise ListError("compressed", GZIP, name)
    if not start.startswith(b"PK\x03\x04"):
        yield {name: stream}
        return
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(stream))
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check(members, name)
            # Only the last part of a path: nothing is ever written where an archive says.
            files = {
                PurePosixPath(member.filename).name: stack.enter_context(archive.open(member))
                for member in members
            }
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise ListError("bad_archive", BAD_ZIP, name, detail=str(error)) from error
        try:
            yield cast("Mapping[str, BinaryIO]", files)
        except (zipfile.BadZipFile, zlib.error) as error:
            raise ListError("bad_archive", BAD_ZIP, name, detail=str(error)) from error


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    if not members:
        raise ListError("empty", NO_FILES, name)
    if any(member.flag_bits & 1 for member in members):
        raise ListError("locked", LOCKED, name)
    if len(members) > MAX_FILES:
        raise ListError("too_big", TOO_MUCH, name, limit=f"{MAX_FILES} files")
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if size > MAX_BYTES or size > MAX_RATIO * max(packed, 1 << 16):
        raise ListError("too_big", TOO_MUCH, name, limit=f"{size >> 20} MB")
