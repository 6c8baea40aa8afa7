from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import Resource, ResourceOpinion
from focalpoints.wording import clean_text
from portal import attachments
from portal.errors import RuleViolation
from portal.history import changed_fields, record
from portal.models import Attachment, User

MANAGE = "focalpoints.manage_learning"


@transaction.atomic
def save_resource(
    resource: Resource | None, values: Mapping[str, Any], *, by: User, file: UploadedFile | None = None
) -> Resource:
    """Write an item of the library, with another file if there is one.

    What it takes the place of is marked as superseded; what it no longer does is current again. A
    language version always names the first text, never another version of it.
    """
    if not by.has_perm(MANAGE):
        raise PermissionDenied
    values = {**values, "summary": clean_text(values["summary"])}
    old, original = values.get("supersedes"), values.get("translation_of")
    if original is not None:
        original = Resource.objects.select_related("translation_of").get(pk=original.pk)
        original = values["translation_of"] = original.translation_of or original
        if original.language == values.get("language", "en"):
            raise RuleViolation(
                _("A version in another language needs another language than the first text.")
            )
    if resource is None:
        resource = Resource.objects.create(added_by=by, **values)
        changes: dict[str, list[Any]] = {}
    else:
        resource = Resource.objects.select_for_update(no_key=True).get(pk=resource.pk)
        _refuse_circle(resource, old, original)
        _release(resource.supersedes, old)
        changes = changed_fields(resource, values)
        for field, value in values.items():
            setattr(resource, field, value)
        resource.save()
    if old is not None:
        Resource.objects.filter(pk=old.pk).update(status=Resource.Status.SUPERSEDED)
    if file is not None:
        attachments.accept(file, about=resource, by=by)
    record(resource, "saved", by=by, changes={name: list(map(str, pair)) for name, pair in changes.items()})
    return resource


def _refuse_circle(resource: Resource, old: Resource | None, original: Resource | None) -> None:
    older = old.pk if old else None
    while older is not None:
        if older == resource.pk:
            raise RuleViolation(_("An item cannot take its own place, nor that of a text that replaced it."))
        older = Resource.objects.values_list("supersedes", flat=True).get(pk=older)
    if original is not None and (original.pk == resource.pk or resource.translations.exists()):
        raise RuleViolation(_("This text is the first one of its language versions."))


def _release(before: Resource | None, now: Resource | None) -> None:
    if before is not None and before != now:
        superseded = Resource.objects.filter(pk=before.pk, status=Resource.Status.SUPERSEDED)
        superseded.update(status=Resource.Status.CURRENT)


@transaction.atomic
def remove_resource_file(attachment: Attachment, *, by: User) -> None:
    if not by.has_perm(MANAGE):
        raise PermissionDenied
    attachments.remove(attachment, by=by)


@transaction.atomic
def give_opinion(resource: Resource, *, is_useful: bool, comment: str, by: User) -> ResourceOpinion:
    """What a UN user thinks of an item; a second opinion of the same person replaces the first."""
    if not by.has_perm("focalpoints.view_people"):
        raise PermissionDenied
    values = {"is_useful": is_useful, "comment": clean_text(comment), "at": timezone.now()}
    shown_again = {"removed_at": None, "removed_by": None, "removed_why": ""}
    opinion, _is_new = ResourceOpinion.objects.update_or_create(
        resource=resource, user=by, defaults=values | shown_again
    )
    return opinion


@transaction.atomic
def remove_comment(opinion: ResourceOpinion, *, why: str, by: User) -> None:
    """Take the words of an opinion out of sight, with a reason everybody sees. Its author may too."""
    if opinion.user_id != by.pk and not by.has_perm(MANAGE):
        raise PermissionDenied
    opinion = ResourceOpinion.objects.select_for_update(no_key=True).get(pk=opinion.pk)
    if opinion.removed_at:
        raise RuleViolation(_("This comment has been removed already."))
    if not why.strip():
        raise RuleViolation(_("Say why it is removed."))
    opinion.removed_at, opinion.removed_by, opinion.removed_why = timezone.now(), by, clean_text(why)[:300]
    opinion.save(update_fields=["removed_at", "removed_by", "removed_why"])
    record(opinion.resource, "comment removed", by=by, note=opinion.removed_why)
