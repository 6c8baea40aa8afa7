"""What people do with public registrations: begin, fill in, send, and at the registry desk answer."""

from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import FocalPoint, UNEntity
from partnerships.models import (
    DRAFT_KEPT,
    REGISTRATION_MOVES,
    Origin,
    Partnership,
    PartnershipEntity,
    Registration,
    RegistrationStatus,
    SelfCheck,
    UNRole,
)
from partnerships.selfchecks import ITEMS
from portal.emails import send_mail
from portal.errors import RuleViolation
from portal.history import move, record
from portal.jobs import enqueue
from portal.models import User
from portal.notices import tell
from portal.references import next_reference

S = RegistrationStatus
FILLING = {S.DRAFT, S.CLARIFICATION}
REQUIRED = ("who", "what", "partners", "where", "goals", "criteria")
_signer = signing.Signer(sep=".", salt="partnerships.registration")


def token_of(registration: Registration) -> str:
    """What opens a registration without an account: goes out by mail and never expires."""
    return _signer.sign(str(registration.pk))


def registration_by(token: str) -> Registration | None:
    try:
        return Registration.objects.filter(pk=int(_signer.unsign(token))).first()
    except (signing.BadSignature, ValueError):
        return None


@transaction.atomic
def begin_registration(*, email: str, language: str) -> Registration:
    """Open a registration and mail its link. An empty draft of the same address is used again."""
    registration = Registration.objects.filter(email__iexact=email, status=S.DRAFT, answers={}).first()
    if registration is None:
        registration = Registration.objects.create(
            reference=next_reference(f"R-{timezone.now():%Y}"), email=email.lower(), language=language
        )
        record(registration, "begun", by=None)
    registration.changed_at = timezone.now()
    registration.save(update_fields=["changed_at"])
    _mail(registration, "begun")
    return registration


@transaction.atomic
def save_answers(registration: Registration, step: str, answers: dict[str, Any]) -> Registration:
    """Keep the answers of a topic. Raises RuleViolation once it was sent."""
    registration = _locked(registration)
    if registration.status not in FILLING:
        raise RuleViolation(_("The registration was sent; the registry desk reads it now."))
    registration.answers = {**registration.answers, step: answers}
    registration.changed_at = timezone.now()
    registration.save(update_fields=["answers", "changed_at"])
    return registration


def missing_topics(registration: Registration) -> list[str]:
    return [step for step in REQUIRED if step not in registration.answers]


@transaction.atomic
def submit_registration(registration: Registration) -> Registration:
    """Send it to the registry desk; a second time changes nothing. Raises RuleViolation if incomplete."""
    registration = _locked(registration)
    if registration.status == S.SUBMITTED:
        return registration
    if missing_topics(registration):
        raise RuleViolation(_("Answer every topic first."))
    move(registration, S.SUBMITTED, moves=REGISTRATION_MOVES, by=None)
    registration.submitted_at = timezone.now()
    registration.save(update_fields=["submitted_at"])
    _mail(registration, "submitted")
    for member in User.objects.filter(groups__name="registry_desk", is_active=True):
        tell(
            member,
            "registration_arrived",
            {"registration": registration},
            key=f"registration:{registration.pk}:{registration.submitted_at:%Y%m%d%H%M%S}",
            url=reverse("partnerships:desk_registration", args=[registration.reference]),
            kind="record",
        )
    return registration


@transaction.atomic
def ask_back(registration: Registration, *, by: User, message: str) -> Registration:
    return _answered(registration, S.CLARIFICATION, by=by, message=message)


@transaction.atomic
def decline_registration(registration: Registration, *, by: User, message: str) -> Registration:
    return _answered(registration, S.DECLINED, by=by, message=message)


@transaction.atomic
def accept_registration(registration: Registration, *, by: User) -> Partnership:
    """Make a record of it, an idea of its UN entity, with the nine criteria as they were answered.

    The entity's focal points are told. Raises PermissionDenied, RuleViolation where it is not with the desk.
    """
    registration = _for_desk(registration, by)
    if registration.status != S.SUBMITTED:
        raise RuleViolation(_("Only what is with the registry desk can be taken in."))
    partnership = _partnership_of(registration, by)
    registration.partnership = partnership
    registration.reviewed_by, registration.message = by, ""
    registration.save(update_fields=["partnership", "reviewed_by", "message"])
    move(registration, S.ACCEPTED, moves=REGISTRATION_MOVES, by=by)
    _mail(registration, S.ACCEPTED)
    entity = UNEntity.objects.get(pk=registration.answers["partners"]["entity"])
    for point in FocalPoint.objects.active().filter(entity=entity).exclude(user=None).select_related("user"):
        tell(
            point.user,
            "registration_for_entity",
            {"registration": registration, "partnership": partnership, "entity": entity},
            key=f"registration_for_entity:{registration.pk}",
            url=reverse("partnerships:partnership_desk", args=[partnership.reference]),
            kind="record",
        )
    return partnership


def _partnership_of(registration: Registration, by: User) -> Partnership:
    what, who, where, goals, partners = (
        registration.answers[step] for step in ("what", "who", "where", "goals", "partners")
    )
    partnership = Partnership.objects.create(
        reference=next_reference("P"),
        origin=Origin.PUBLIC_FORM,
        language=registration.language,
        created_by=by,
        came_from=_("Registered in public by %(organization)s") % {"organization": who["organization"][:150]},
        scope=where["scope"],
        themes=goals["themes"],
        frameworks=goals["frameworks"],
        mandate=goals["mandate"],
        **{name: what[name] for name in ("title", "partnership_type", "purposes", "summary", "start", "end")},
    )
    partnership.countries.set(where["countries"])
    partnership.targets.set(goals["targets"])
    PartnershipEntity.objects.create(partnership=partnership, entity_id=partners["entity"], role=UNRole.LEAD)
    for line in filter(None, (line.strip() for line in partners["partners"].splitlines())):
        role = "lead" if partners["lead_partner"] and line.startswith(partners["lead_partner"]) else ""
        partnership.parties.create(description=line[:300], kind=who["kind"], role=role)
    criteria = registration.answers["criteria"]
    SelfCheck.objects.create(
        partnership=partnership,
        kind=SelfCheck.Kind.REGISTRATION,
        answers={
            item: {"mark": int(criteria[f"{item}_mark"]), "note": criteria[f"{item}_note"]}
            for item in ITEMS[SelfCheck.Kind.REGISTRATION]
        },
        made_by=by,
        made_at=timezone.now(),
    )
    record(partnership, "registered", by=by, note=registration.reference)
    return partnership


def _answered(registration: Registration, to: str, *, by: User, message: str) -> Registration:
    registration = _for_desk(registration, by)
    if not message.strip():
        raise RuleViolation(_("Write the question or the reason."))
    move(registration, to, moves=REGISTRATION_MOVES, by=by, note=message)
    registration.message, registration.reviewed_by = message, by
    registration.save(update_fields=["message", "reviewed_by"])
    _mail(registration, to)
    return registration


def _for_desk(registration: Registration, by: User) -> Registration:
    if not by.has_perm("partnerships.review_partnership"):
        raise PermissionDenied
    return _locked(registration)


def _locked(registration: Registration) -> Registration:
    return Registration.objects.select_for_update(no_key=True).get(pk=registration.pk)


def _mail(registration: Registration, notice: str) -> None:
    stamp = f"{timezone.now():%Y%m%d%H%M}"  # a second press within the minute sends no second mail
    enqueue(
        "partnerships.mail_registration",
        key=f"mail_registration:{registration.pk}:{notice}:{stamp}",
        registration_id=registration.pk,
        notice=notice,
    )


def send_registration_mail(registration: Registration, notice: str) -> None:
    context = {
        "registration": registration,
        "path": reverse("partnerships:registration", args=[token_of(registration)]),
    }
    send_mail(
        f"registration_{notice}",
        context,
        to=registration.email,
        language=registration.language,
        key=f"registration-{registration.pk}-{notice}",
    )


def drop_old_drafts() -> int:
    """Registrations that were begun and never sent go 60 days after the last answer. Returns how many."""
    old = Registration.objects.filter(status=S.DRAFT, changed_at__lt=timezone.now() - DRAFT_KEPT)
    return old.delete()[0]
