"""Searches that people follow: saved, changed, stopped, and told about."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partnerships import search
from partnerships.filters import read_query
from partnerships.models import Partnership, RegistryEntry, SavedSearch
from portal.errors import RuleViolation
from portal.jobs import enqueue
from portal.models import User
from portal.notices import tell

SHOWN_IN_MAIL = 10
EVERY = {SavedSearch.Frequency.DAILY: timedelta(hours=20), SavedSearch.Frequency.WEEKLY: timedelta(days=6.8)}
NOT_KEPT = {"page", "more", "lang"}  # parts of an address that are no part of the search

_signer = Signer(salt="partnerships.saved_search")


def kept_query(query: str) -> str:
    """The query of an address without what does not narrow or sort, so that one search is saved once."""
    return urlencode(sorted(pair for pair in parse_qsl(query) if pair[0] not in NOT_KEPT))


@transaction.atomic
def save_search(query: str, *, name: str, frequency: str, by: User) -> SavedSearch:
    """Follow a search. The same search again only changes its name and how often its mails come.

    Raises RuleViolation beyond `SavedSearch.MOST` searches of one person.
    """
    User.objects.select_for_update().get(pk=by.pk)
    query = kept_query(query)
    if not by.saved_searches.filter(query=query).exists() and by.saved_searches.count() >= SavedSearch.MOST:
        raise RuleViolation(
            _("You follow %(count)s searches already. Remove one first.") % {"count": SavedSearch.MOST}
        )
    saved, _created = SavedSearch.objects.update_or_create(
        user=by, query=query, defaults={"name": name, "frequency": frequency}
    )
    return saved


def change_search(saved: SavedSearch, *, name: str, frequency: str, by: User) -> None:
    _may(saved, by)
    if saved.frequency == SavedSearch.Frequency.NEVER:
        saved.checked_at = timezone.now()  # nobody wants the changes of the silent months at once
    saved.name, saved.frequency = name, frequency
    saved.save(update_fields=["name", "frequency", "checked_at"])


def remove_search(saved: SavedSearch, *, by: User) -> None:
    _may(saved, by)
    saved.delete()


def stop_search(saved: SavedSearch) -> None:
    """No more mails about it. For the link in each mail, which works without signing in."""
    SavedSearch.objects.filter(pk=saved.pk).update(frequency=SavedSearch.Frequency.NEVER)


def _may(saved: SavedSearch, by: User) -> None:
    if saved.user_id != by.pk:
        raise PermissionDenied


def stop_path(saved: SavedSearch) -> str:
    return reverse("partnerships:saved_stop", args=[_signer.sign(str(saved.pk))])


def saved_of_token(token: str) -> SavedSearch | None:
    """The search a link of `stop_path` is about; None where it is gone or the link is not ours."""
    try:
        return SavedSearch.objects.filter(pk=int(_signer.unsign(token))).first()
    except (BadSignature, ValueError):
        return None


# --- telling of changes -------------------------------------------------------------------------------------


def check_searches() -> None:
    """One job for each search whose turn it is."""
    now = timezone.now()
    for frequency, every in EVERY.items():
        turn = SavedSearch.objects.filter(
            frequency=frequency, checked_at__lt=now - every, user__is_active=True
        )
        for pk in turn.values_list("pk", flat=True):
            enqueue("partnerships.check_search", key=f"check_search:{pk}:{now.date()}", saved_id=pk)


def check_search(saved_id: int) -> None:
    """Tell the follower of a search which of its records came or changed since the last time."""
    saved = SavedSearch.objects.select_for_update().select_related("user").filter(pk=saved_id).first()
    if saved is None or saved.frequency == SavedSearch.Frequency.NEVER:
        return
    now = timezone.now()
    found = search.find(read_query(saved.query, saved.user).wanted, with_counts=False)
    changed = search.entries_of(found).filter(indexed_at__gt=saved.checked_at)
    records = Partnership.objects.filter(
        pk__in=changed.values("pk"), updated_at__gt=saved.checked_at
    ).order_by("-updated_at", "-pk")
    new = set(
        RegistryEntry.objects.filter(pk__in=records.values("pk"), listed_at__gt=saved.checked_at).values_list(
            "pk", flat=True
        )
    )
    if count := records.count():
        tell(
            saved.user,
            "search_changes",
            {
                "saved": saved,
                "records": [(record, record.pk in new) for record in records[:SHOWN_IN_MAIL]],
                "count": count,
                "more": max(0, count - SHOWN_IN_MAIL),
                "stop_path": stop_path(saved),
            },
            key=f"search_changes:{saved.pk}:{now.date()}",
            url=reverse("partnerships:partnership_list") + ("?" + saved.query if saved.query else ""),
            kind="record",
            stop_path=stop_path(saved),
        )
    SavedSearch.objects.filter(pk=saved.pk).update(checked_at=now)
