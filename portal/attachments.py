"""Files that hang on a row: kept after `portal.uploads` has judged them, read by who sees that row.

Stored under a random name outside everything that is served. Where CLAMD_SOCKET names a virus scanner a
file waits for it; without one it stays marked "not checked", which its readers are told.
"""

import hashlib
import socket
import struct
import uuid

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import QuerySet, Sum
from django.http import FileResponse
from django.utils.translation import gettext as _

from portal.errors import RuleViolation
from portal.history import record
from portal.jobs import enqueue
from portal.limits import take
from portal.models import Attachment, AttachmentState, User
from portal.uploads import MAX_BYTES, judge

QUOTA_BYTES = 500 * 1024 * 1024  # of one person
MAX_PER_ROW = 50


@transaction.atomic
def accept(upload: UploadedFile, *, about: models.Model, by: User | None, kind: str = "") -> Attachment:
    """Keep an uploaded file with the row it is about. Raises RuleViolation with the reason.

    The caller has checked that `by` may change that row.
    """
    if by is not None:
        take(f"upload:{by.pk}", burst=60, per_seconds=3600)
        used = Attachment.objects.filter(uploaded_by=by).aggregate(bytes=Sum("size"))["bytes"] or 0
        if used + (upload.size or 0) > QUOTA_BYTES:
            raise RuleViolation(_("Your files reach the limit of 500 MB. Remove some that nobody needs."))
    if attached_to(about).count() >= MAX_PER_ROW:
        raise RuleViolation(_("There are 50 files here already. Remove one first."))
    judged = judge(upload.name or "", upload.read(MAX_BYTES + 1))
    attachment = Attachment(
        about=about,
        kind=kind,
        name=judged.name,
        media_type=judged.media_type,
        size=len(judged.content),
        sha256=hashlib.sha256(judged.content).hexdigest(),
        state=AttachmentState.WAITING if settings.CLAMD_SOCKET else AttachmentState.NOT_SCANNED,
        uploaded_by=by,
    )
    attachment.file.save(uuid.uuid4().hex, ContentFile(judged.content), save=False)
    attachment.save()
    record(about, "attached file", by=by, note=f"{judged.name} ({attachment.sha256[:12]})")
    if settings.CLAMD_SOCKET:
        enqueue("portal.scan_attachment", key=f"scan_attachment:{attachment.pk}", attachment_id=attachment.pk)
    return attachment


def attached_to(about: models.Model, kind: str = "") -> QuerySet[Attachment]:
    """The files of a row, oldest first; of one kind where `kind` is given."""
    files = Attachment.objects.filter(
        about_type=ContentType.objects.get_for_model(about), about_id=about.pk
    ).select_related("uploaded_by")
    return files.filter(kind=kind) if kind else files


@transaction.atomic
def remove(attachment: Attachment, *, by: User) -> None:
    """Take a file away for good. The caller has checked that `by` may change the row it hangs on."""
    if attachment.about:
        record(attachment.about, "removed file", by=by, note=f"{attachment.name} ({attachment.sha256[:12]})")
    _drop_file(attachment)
    attachment.delete()


@transaction.atomic
def remove_all(about: models.Model, *, by: User) -> None:
    """Take away every file of a row that is itself taken away."""
    for attachment in attached_to(about):
        remove(attachment, by=by)


def _drop_file(attachment: Attachment) -> None:
    """Delete the content once the change is committed; its row may stay."""
    storage, name = attachment.file.storage, attachment.file.name or ""
    transaction.on_commit(lambda: storage.delete(name), robust=True)


def readable_by(public_id: uuid.UUID, user) -> Attachment | None:
    """The file, if the person sees the row it hangs on and no virus was found or is still looked for."""
    attachment = (
        Attachment.objects.filter(public_id=public_id, state__in=Attachment.READABLE)
        .select_related("about_type")
        .first()
    )
    if attachment is None:
        return None
    owner = attachment.about_type.model_class()
    if owner is None:
        return None
    rows = owner._default_manager.visible_to(user)  # type: ignore[attr-defined]  # what carries files has it
    return attachment if rows.filter(pk=attachment.about_id).exists() else None


def answer(attachment: Attachment) -> FileResponse:
    """The file as a download that no browser opens in this site's name."""
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.media_type,
    )
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@transaction.atomic
def scan(attachment_id: int) -> None:
    """Ask the virus scanner about one file; a file with a virus is deleted, its row says so."""
    attachment = Attachment.objects.select_for_update(no_key=True).get(pk=attachment_id)
    if attachment.state != AttachmentState.WAITING:
        return
    with attachment.file.open("rb") as file:
        found = clamd_finds(file.read())
    attachment.state = AttachmentState.INFECTED if found else AttachmentState.CLEAN
    attachment.save(update_fields=["state"])
    if found:
        if attachment.about:
            record(attachment.about, "virus found", by=None, note=f"{attachment.name}: {found}")
        _drop_file(attachment)


def clamd_finds(content: bytes) -> str:
    """The name of the virus in `content`, "" for none. Raises OSError where the scanner gives no answer.

    Source: clamd(8), command INSTREAM.
    """
    with socket.socket(socket.AF_UNIX) as clamd:
        clamd.settimeout(60)
        clamd.connect(settings.CLAMD_SOCKET)
        clamd.sendall(b"zINSTREAM\0" + struct.pack("!I", len(content)) + content + struct.pack("!I", 0))
        reply = b"".join(iter(lambda: clamd.recv(4096), b"")).rstrip(b"\0").decode(errors="replace")
    result = reply.removeprefix("stream: ")
    if result == "OK":
        return ""
    if result.endswith(" FOUND"):
        return result.removesuffix(" FOUND")
    raise OSError(f"clamd answered {reply!r}")
