from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import (
    RECOMMENDATION_MOVES,
    Community,
    FocalPoint,
    Recommendation,
    RecommendationStatus,
    Signature,
    UNEntity,
)
from focalpoints.wording import clean_line, clean_text
from portal.errors import RuleViolation
from portal.history import move, record
from portal.models import User
from portal.notices import tell

JOINT_FROM = 2  # entities that have to sign before it is a joint recommendation


def _speaks_for(user: User, entity: UNEntity) -> bool:
    return FocalPoint.objects.of(user).filter(entity=entity).exists()


def may_steer(recommendation: Recommendation, user: User) -> bool:
    """Send it, write down the reply or withdraw it: who proposed it, and the manager."""
    return recommendation.proposed_by_id == user.pk or user.has_perm("focalpoints.manage_learning")


def _locked(recommendation: Recommendation, by: User) -> Recommendation:
    recommendation = Recommendation.objects.select_for_update(no_key=True).get(pk=recommendation.pk)
    if not may_steer(recommendation, by):
        raise PermissionDenied
    return recommendation


@transaction.atomic
def propose(
    *, title: str, text: str, addressee: str, entity: UNEntity, community: Community | None, by: User
) -> Recommendation:
    """A recommendation to leadership, signed by the entity of who proposes it."""
    if not _speaks_for(by, entity):
        raise PermissionDenied
    recommendation = Recommendation.objects.create(
        title=clean_line(title),
        text=clean_text(text),
        addressee=clean_line(addressee),
        community=community,
        proposed_by=by,
    )
    Signature.objects.create(recommendation=recommendation, entity=entity, by=by)
    record(recommendation, "proposed", by=by, note=entity.pk)
    return recommendation


@transaction.atomic
def change_words(recommendation: Recommendation, *, by: User, **words: Any) -> None:
    """Other words, as long as no second entity stands behind them."""
    recommendation = _locked(recommendation, by)
    if recommendation.status != RecommendationStatus.OPEN or recommendation.signatures.count() > 1:
        raise RuleViolation(_("Another entity has signed these words. Withdraw it and propose a new one."))
    Recommendation.objects.filter(pk=recommendation.pk).update(
        **{field: (clean_text if field == "text" else clean_line)(text) for field, text in words.items()}
    )
    record(recommendation, "changed", by=by)


@transaction.atomic
def sign(recommendation: Recommendation, *, entity: UNEntity, by: User) -> Signature:
    """An entity stands behind it, by the word of one of its focal points. Once an entity."""
    if not _speaks_for(by, entity):
        raise PermissionDenied
    recommendation = Recommendation.objects.select_for_update(no_key=True).get(pk=recommendation.pk)
    if recommendation.status != RecommendationStatus.OPEN:
        raise RuleViolation(_("This recommendation takes no more signatures."))
    signature, is_new = Signature.objects.get_or_create(
        recommendation=recommendation, entity=entity, defaults={"by": by}
    )
    if is_new:
        record(recommendation, "signed", by=by, note=entity.pk)
    return signature


@transaction.atomic
def unsign(signature: Signature, *, by: User) -> None:
    """An entity steps back, before it is sent. Any of its focal points may say so."""
    recommendation = Recommendation.objects.select_for_update(no_key=True).get(pk=signature.recommendation_id)
    if not _speaks_for(by, signature.entity):
        raise PermissionDenied
    if recommendation.status != RecommendationStatus.OPEN:
        raise RuleViolation(_("It has been sent with this signature."))
    record(recommendation, "signature withdrawn", by=by, note=signature.entity_id)
    signature.delete()


@transaction.atomic
def send(recommendation: Recommendation, *, by: User) -> None:
    """Write down that it went to its addressee; from then on nobody signs."""
    recommendation = _locked(recommendation, by)
    if recommendation.signatures.count() < JOINT_FROM:
        raise RuleViolation(_("A joint recommendation needs the signatures of two entities."))
    recommendation.sent_on = timezone.localdate()
    recommendation.save(update_fields=["sent_on"])
    move(recommendation, RecommendationStatus.SENT, moves=RECOMMENDATION_MOVES, by=by)
    _tell_signers(recommendation, "network_recommendation_sent")


@transaction.atomic
def write_reply(recommendation: Recommendation, *, reply: str, by: User) -> None:
    """Write down what the addressee answered; the signers are told."""
    recommendation = _locked(recommendation, by)
    if recommendation.status != RecommendationStatus.SENT:
        raise RuleViolation(_("Only a recommendation that was sent has a reply."))
    recommendation.reply, recommendation.replied_on = clean_text(reply), timezone.localdate()
    recommendation.save(update_fields=["reply", "replied_on"])
    move(recommendation, RecommendationStatus.ANSWERED, moves=RECOMMENDATION_MOVES, by=by)
    _tell_signers(recommendation, "network_recommendation_answered")


@transaction.atomic
def withdraw(recommendation: Recommendation, *, by: User) -> None:
    recommendation = _locked(recommendation, by)
    move(recommendation, RecommendationStatus.WITHDRAWN, moves=RECOMMENDATION_MOVES, by=by)


def _tell_signers(recommendation: Recommendation, template: str) -> None:
    url = reverse("focalpoints:recommendation_detail", args=[recommendation.pk])
    for signature in recommendation.signatures.select_related("by"):
        key = f"{template}:{recommendation.pk}"
        context = {"recommendation": recommendation}
        tell(signature.by, template, context, key=key, url=url, kind="network")
