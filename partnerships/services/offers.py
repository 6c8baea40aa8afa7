"""What a business does with an offer, from the first draft to the answer."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from partnerships.domains import domain_of, is_company_domain
from partnerships.models import (
    ANSWER_WORKING_DAYS,
    OFFER_CORRECTABLE,
    OFFER_FINAL,
    OFFER_MOVES,
    OFFER_ON_DESK,
    KeptDraft,
    Offer,
    OfferQuestion,
    OfferStatus,
)
from partnerships.moderation import signs_of_abuse
from partnerships.services.companies import adopt_company, save_company, screen_company
from partnerships.services.offer_notices import tell_business, tell_desk, tell_entity, tell_un_user
from partnerships.working_days import add_working_days, working_days_between
from portal.attachments import accept, remove
from portal.emails import send_mail
from portal.errors import RuleViolation, StaleEdit
from portal.history import move, record
from portal.jobs import enqueue
from portal.limits import take
from portal.models import Attachment, User
from portal.references import next_reference

CODED = ("countries", "targets")  # of an offer, as codes of other tables
LONGEST_RENEWAL_DAYS = 730
KEPT_DRAFT_DAYS = 30
KEPT_DRAFT_SALT = "kept-draft"
COPIED = (
    "company", "title", "description", "language", "contribution_kinds", "quantity", "unit", "themes",
    "value_amount", "currency", "is_any_country", "accepts_subregion", "lead_time_days", "is_standing",
    "contact_role", "languages", "compact_status", "conditions", "expects_in_return",
    "is_tied_to_procurement", "is_fit_for_use", "wishes_emblem",
)  # fmt: skip


@transaction.atomic
def begin_offer(*, by: User) -> Offer:
    """A new draft that names no company yet; one that was begun and never touched is taken again."""
    if not by.has_perm("partnerships.make_offer"):
        raise PermissionDenied
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # a double press waits for its first
    untouched = Offer.objects.filter(created_by=by, status=OfferStatus.DRAFT, company=None, answers={})
    if offer := untouched.first():
        return offer
    offer = Offer.objects.create(
        reference=next_reference(f"O-{timezone.localdate():%Y}"),
        created_by=by,
        language=translation.get_language() or "en",
    )
    record(offer, "began", by=by)
    return offer


@transaction.atomic
def save_step(
    offer: Offer,
    step: str,
    *,
    answers: dict[str, list[str]],
    values: dict[str, Any] | None,
    version: int,
    by: User,
) -> Offer:
    """Keep a step as it was typed and, where it is valid (`values`), in the columns too.

    `version` is that of the step when its form was opened. Raises StaleEdit where somebody saved other
    answers to the same step since; the same answers sent twice are one save.
    """
    return _keep_step(_own_draft(offer, by), step, answers, values, version, by)


def _keep_step(
    offer: Offer,
    step: str,
    answers: dict[str, list[str]],
    values: dict[str, Any] | None,
    version: int,
    by: User,
) -> Offer:
    kept = offer.answers.get(step, {"version": 0, "data": None})
    if kept["data"] != answers and kept["version"] != version:
        raise StaleEdit(_("Somebody changed this step after you opened it."))
    if values is not None:
        answers = _apply(offer, answers, values, by)
    if kept["data"] != answers or kept["is_valid"] != (values is not None):
        offer.answers[step] = {
            "data": answers,
            "version": kept["version"] + 1,
            "saved_at": timezone.now().isoformat(timespec="seconds"),
            "is_valid": values is not None,
        }
        offer.version += 1
    offer.save()
    return offer


def _apply(
    offer: Offer, answers: dict[str, list[str]], values: dict[str, Any], by: User
) -> dict[str, list[str]]:
    """Put valid answers into the columns. A company that is new becomes a row, and the answer names it."""
    values = dict(values)
    if facts := values.pop("new_company", None):
        values["company"] = save_company(None, values=facts, by=by)
        answers = {"company": [str(values["company"].public_id)]}
    company = values.get("company")
    if company and not company.members.filter(user=by).exists():
        raise PermissionDenied
    for name in CODED:
        if name in values:
            getattr(offer, name).set(values.pop(name))
    for name, value in values.items():
        setattr(offer, name, value)
    return answers


def attach_document(offer: Offer, upload: UploadedFile, *, by: User) -> Attachment:
    """Keep a file with a draft. Raises RuleViolation with the reason where it cannot be taken."""
    return accept(upload, about=_own_draft(offer, by), by=by, kind="offer")


def remove_document(offer: Offer, file: Attachment, *, by: User) -> None:
    _own_draft(offer, by)
    remove(file, by=by)


@transaction.atomic
def _own_draft(offer: Offer, by: User) -> Offer:
    offer = _own_offer(offer, by)
    if offer.status != OfferStatus.DRAFT:
        raise RuleViolation(_("The offer was submitted and cannot be changed. Withdraw it to make another."))
    return offer


@transaction.atomic
def submit_offer(offer: Offer, *, by: User) -> Offer:
    """Send a finished draft to the desk. A second submit changes nothing and answers the same offer."""
    offer = _own_offer(offer, by)
    if offer.submitted_at:
        return offer
    if not offer.is_ready:
        raise RuleViolation(_("Some steps are not finished."))
    today = timezone.localdate()
    if offer.available_until and offer.available_until < today:
        raise RuleViolation(_("The last day of the offer is over. Change it under “Where and when”."))
    offer.submitted_at = timezone.now()
    offer.answer_due_on = add_working_days(today, ANSWER_WORKING_DAYS)
    offer.suspicion = ",".join(_suspicion(offer))
    offer.save(update_fields=["submitted_at", "answer_due_on", "suspicion"])
    event = move(offer, OfferStatus.SUBMITTED, moves=OFFER_MOVES, by=by)
    if offer.company:  # the table holds it, the pre-check needs it within minutes
        if offer.company.is_from_archive:
            adopt_company(offer.company, by=by)
        else:
            screen_company(offer.company)
    tell_business(offer, "submitted", event)
    return offer


def _suspicion(offer: Offer) -> list[str]:
    """Signs that somebody of the desk should look before the offer goes further."""
    lately = Offer.objects.exclude(pk=offer.pk).filter(submitted_at__gt=timezone.now() - timedelta(days=1))
    elsewhere = Offer.objects.exclude(company=offer.company).filter(
        submitted_at__isnull=False, description=offer.description
    )
    return signs_of_abuse(
        f"{offer.title} {offer.description}",
        same_text_elsewhere=elsewhere.exists(),
        offers_today=lately.filter(company=offer.company).count() + 1,
    )


@transaction.atomic
def reply_to_question(offer: Offer, *, reply: str, by: User) -> OfferQuestion:
    """Answer the open question. The clock goes on with the working days it had left, one at least."""
    offer = _own_offer(offer, by)
    question = offer.questions.filter(asked_by_side=OfferQuestion.Side.UN, replied_at=None).first()
    if question is None or offer.status != OfferStatus.CLARIFICATION:
        raise RuleViolation(_("There is no open question."))
    question.reply, question.replied_by, question.replied_at = reply, by, timezone.now()
    question.save(update_fields=["reply", "replied_by", "replied_at"])
    left = working_days_between(timezone.localdate(question.asked_at), due(offer))
    offer.answer_due_on = add_working_days(timezone.localdate(), max(left, 1))
    offer.save(update_fields=["answer_due_on"])
    event = move(offer, OfferStatus.TRIAGE, moves=OFFER_MOVES, by=by)
    if offer.triager:
        tell_un_user(offer.triager, offer, "replied", event, question=question)
    return question


@transaction.atomic
def ask_un(offer: Offer, *, text: str, by: User) -> OfferQuestion:
    """Put a question to whoever holds the offer. The clock goes on."""
    offer = _own_offer(offer, by)
    if offer.status not in OFFER_ON_DESK:
        raise RuleViolation(_("Questions go with an offer that is submitted and not answered yet."))
    side = OfferQuestion.Side.BUSINESS
    if offer.questions.filter(asked_by_side=side, replied_at=None).exists():
        raise RuleViolation(_("Your last question is not answered yet. You hear from us as soon as it is."))
    question = OfferQuestion.objects.create(offer=offer, text=text, asked_by=by, asked_by_side=side)
    event = record(offer, "asked the UN side", by=by)
    if offer.triager:
        tell_un_user(offer.triager, offer, "enquiry", event, question=question)
    elif offer.entity_id:
        tell_entity(offer, "enquiry", event)
    else:
        tell_desk(offer, "enquiry", event, question=question)
    return question


def why_fixed(offer: Offer) -> str:
    """Why the words of a submitted offer cannot be corrected any more, and what to do; "" while they can."""
    if offer.status in OFFER_CORRECTABLE:
        return ""
    if offer.status in OFFER_FINAL:
        return _("The offer has ended, so its words stand. Make it again with these words and change them.")
    return _(
        "%(entity)s decides on these words, so they stand. Ask those who hold the offer if one is wrong."
    ) % {"entity": offer.entity}


@transaction.atomic
def correct_offer(
    offer: Offer,
    step: str,
    *,
    answers: dict[str, list[str]],
    values: dict[str, Any],
    version: int,
    by: User,
) -> Offer:
    """Change what a submitted offer says while the desk still reads it.

    The history keeps both wordings, whoever reads the offer is told, and it is ranked anew. The clock goes
    on. Raises StaleEdit as `save_step` does, RuleViolation once somebody has decided.
    """
    offer = _own_offer(offer, by)
    if reason := why_fixed(offer):
        raise RuleViolation(reason)
    before, odd = _said(offer, values), _suspicion(offer)
    offer = _keep_step(offer, step, answers, values, version, by)
    after = _said(offer, values)
    if changes := {name: [before[name], after[name]] for name in before if before[name] != after[name]}:
        # Only what is odd about the new words: the desk may have cleared the rest.
        added = [slug for slug in _suspicion(offer) if slug not in odd]
        offer.suspicion = ",".join(filter(None, [offer.suspicion, *added]))
        offer.save(update_fields=["suspicion"])
        event = record(offer, "corrected", by=by, changes=changes)
        if offer.triager:
            tell_un_user(offer.triager, offer, "corrected", event)
        key = f"rank_some:{offer.reference}:{offer.version}"
        enqueue("partnerships.rank_some", key=key, offer_ids=[offer.pk])
    return offer


def _said(offer: Offer, names: Iterable[str]) -> dict[str, Any]:
    """Columns of an offer by name; related rows by their codes."""
    return {
        name: sorted(getattr(offer, name).values_list("pk", flat=True))
        if name in CODED
        else getattr(offer, name)
        for name in names
    }


@transaction.atomic
def withdraw_offer(offer: Offer, *, note: str, by: User) -> None:
    offer = _own_offer(offer, by)
    move(offer, OfferStatus.WITHDRAWN, moves=OFFER_MOVES, by=by, note=note)


@transaction.atomic
def renew_offer(offer: Offer, *, until: date, by: User) -> Offer:
    """Let an offer that waits stand for longer: up to `until`, two years from today at most."""
    offer = _own_offer(offer, by)
    today = timezone.localdate()
    if offer.status not in OFFER_ON_DESK:
        raise RuleViolation(_("Only an offer that waits for its answer can stand for longer."))
    if until <= (offer.available_until or today) or until > today + timedelta(days=LONGEST_RENEWAL_DAYS):
        raise RuleViolation(_("Choose a day after the present one, within two years from today."))
    before, offer.available_until = offer.available_until, until
    if where := offer.answers.get("where"):  # so that a correction begins with the new day
        parts = {f"available_until_{part}": [str(getattr(until, part))] for part in ("day", "month", "year")}
        where["data"] |= parts
        where["version"] += 1
    offer.save(update_fields=["available_until", "answers", "updated_at"])
    record(offer, "renewed", by=by, changes={"available_until": [before, until]})
    return offer


@transaction.atomic
def repeat_offer(offer: Offer, *, by: User) -> Offer:
    """A new draft with the words of an offer that has ended. Its dates are asked again."""
    offer = _own_offer(offer, by)
    if offer.status not in OFFER_FINAL:
        raise RuleViolation(_("This offer is still open. It can stand for longer instead."))
    draft = begin_offer(by=by)
    for name in COPIED:
        setattr(draft, name, getattr(offer, name))
    draft.answers = {
        step: {**kept, "version": 1, "is_valid": kept["is_valid"] and step != "where"}
        for step, kept in offer.answers.items()
    }
    draft.renewed_from = offer
    draft.save()
    draft.countries.set(offer.countries.all())
    draft.targets.set(offer.targets.all())
    record(draft, "made again", by=by, note=offer.reference)
    return draft


def _own_offer(offer: Offer, by: User) -> Offer:
    """The locked row, if this business user may act for it."""
    if not by.has_perm("partnerships.make_offer") or not Offer.objects.of(by).filter(pk=offer.pk).exists():
        raise PermissionDenied
    return Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer.pk)


def due(offer: Offer) -> date:
    assert offer.answer_due_on is not None  # the table holds it for every submitted offer
    return offer.answer_due_on


# --- a draft of somebody who has no account yet -------------------------------------------------------------


@transaction.atomic
def keep_draft(answers: Mapping[str, Any], *, email: str) -> KeptDraft:
    """Keep what a visitor typed and mail the way back to it, at most once a day to one address.

    Raises TooMany for a second mail within a day.
    """
    email = email.strip().lower()
    take(f"kept-draft:{email}", burst=1, per_seconds=86_400)
    if is_company_domain(domain := domain_of(email)):
        take(f"kept-draft:{domain}", burst=20, per_seconds=86_400)
    kept = KeptDraft.objects.create(email=email, answers=dict(answers))
    language = translation.get_language() or "en"
    enqueue(
        "partnerships.mail_kept_draft",
        key=f"mail_kept_draft:{kept.pk}",
        kept_id=kept.pk,
        language=language,
    )
    return kept


def mail_kept_draft(kept: KeptDraft, language: str) -> None:
    token = signing.dumps(kept.pk, salt=KEPT_DRAFT_SALT)
    url = settings.PORTAL_URL + reverse("partnerships:offer_reopen", args=[token])
    context = {"url": url, "days": KEPT_DRAFT_DAYS}
    send_mail("offer_kept", context, to=kept.email, language=language, key=f"mail_kept_draft:{kept.pk}")


def kept_answers(token: str) -> dict[str, Any] | None:
    """What the link of a mail leads to; None when it is over or was not made here."""
    try:
        pk = signing.loads(token, salt=KEPT_DRAFT_SALT, max_age=timedelta(days=KEPT_DRAFT_DAYS))
    except signing.BadSignature:
        return None
    kept = KeptDraft.objects.filter(pk=pk).first()
    return kept.answers if kept else None


def forget_kept_drafts() -> None:
    KeptDraft.objects.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DRAFT_DAYS)).delete()
