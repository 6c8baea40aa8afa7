from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from focalpoints.models import BROKER_REQUEST_MOVES, Broker, BrokerRequest, BrokerRequestStatus
from focalpoints.wording import clean_text
from portal.errors import RuleViolation
from portal.history import move, record
from portal.models import User
from portal.notices import tell


@transaction.atomic
def save_entry(values: Mapping[str, Any], *, by: User) -> Broker:
    """Put oneself on the roster, change one's entry, or rest (`is_listed` false)."""
    if not by.has_perm("focalpoints.view_people"):
        raise PermissionDenied
    values = {**values, "experience": clean_text(values["experience"])}
    countries = values.pop("countries")
    broker, _is_new = Broker.objects.update_or_create(user=by, defaults=values)
    broker.countries.set(countries)
    record(broker, "saved", by=by)
    return broker


@transaction.atomic
def ask(broker: Broker, values: Mapping[str, Any], *, by: User) -> BrokerRequest:
    """Ask a broker for help: one open request at a time between two people."""
    if not by.has_perm("focalpoints.view_people"):
        raise PermissionDenied
    broker = (
        Broker.objects.select_for_update(no_key=True, of=["self"]).select_related("user").get(pk=broker.pk)
    )
    if broker.user_id == by.pk:
        raise RuleViolation(_("This is you."))
    if not broker.is_listed:
        raise RuleViolation(_("This person is not on the roster now."))
    if broker.requests.filter(by=by, status=BrokerRequestStatus.ASKED).exists():
        raise RuleViolation(_("You have asked already; the answer is still to come."))
    request = BrokerRequest.objects.create(
        broker=broker, by=by, **{**values, "what": clean_text(values["what"])}
    )
    record(request, "asked", by=by)
    _tell(broker.user, request, "network_broker_asked", key=f"broker_asked:{request.pk}")
    return request


@transaction.atomic
def answer(request: BrokerRequest, *, accepts: bool, words: str, by: User) -> None:
    """The broker says yes or no, in words that reach who asked."""
    request = BrokerRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if request.broker.user_id != by.pk:
        raise PermissionDenied
    request.answer = clean_text(words)
    request.save(update_fields=["answer"])
    status = BrokerRequestStatus.ACCEPTED if accepts else BrokerRequestStatus.DECLINED
    move(request, status, moves=BROKER_REQUEST_MOVES, by=by)
    _tell(request.by, request, "network_broker_answered", key=f"broker_answered:{request.pk}")


@transaction.atomic
def withdraw(request: BrokerRequest, *, by: User) -> None:
    request = BrokerRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if request.by_id != by.pk:
        raise PermissionDenied
    move(request, BrokerRequestStatus.WITHDRAWN, moves=BROKER_REQUEST_MOVES, by=by)


def _tell(user: User, request: BrokerRequest, template: str, *, key: str) -> None:
    url = reverse("focalpoints:broker_request", args=[request.pk])
    tell(user, template, {"request": request}, key=key, url=url, kind="network")
