"""What of a record its readers get to see."""

from typing import TYPE_CHECKING, TypedDict

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, QuerySet, Value

from partnerships.models import Partnership, PartnershipStatus, Visibility
from portal.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

INSIDE = "partnerships.view_inside"
ABOVE = ("parent", "predecessor", "replication_of")  # links of a record upwards, and those back to it
BELOW = ("children", "successors", "replications")


def is_withheld(record: Partnership, part: str) -> bool:
    """Whether the public does not get to see a part of a record, a value of `Withholdable`."""
    return part in record.withheld_fields


def withheld_from(user: User | AnonymousUser, record: Partnership) -> frozenset[str]:
    """The parts of a record that this person does not get to see; nothing is withheld inside the UN."""
    return frozenset() if user.has_perm(INSIDE) else frozenset(record.withheld_fields)


class Linked(TypedDict):
    link: str  # one of ABOVE and BELOW


def relatives_of(record: Partnership, user: User | AnonymousUser) -> dict[str, list[Partnership]]:
    """Records this one is linked with, as far as the reader may see them, by kind of link."""
    above = [pk for pk in (record.parent_id, record.predecessor_id, record.replication_of_id) if pk]
    found = _linked(user).filter(
        Q(pk__in=above) | Q(parent=record) | Q(predecessor=record) | Q(replication_of=record)
    )
    links: dict[str, list[Partnership]] = {}
    for other in found:
        for kind, is_so in (
            ("parent", other.pk == record.parent_id),
            ("predecessor", other.pk == record.predecessor_id),
            ("replication_of", other.pk == record.replication_of_id),
            ("children", other.parent_id == record.pk),
            ("successors", other.predecessor_id == record.pk),
            ("replications", other.replication_of_id == record.pk),
        ):
            if is_so:
                links.setdefault(kind, []).append(other)
    return links


def with_public_relatives(records: QuerySet[Partnership]) -> QuerySet[Partnership]:
    """Records with what `public_relatives` tells, in six queries at most however many they are."""
    told = _linked(AnonymousUser()).only("reference", "title", *ABOVE)
    return records.prefetch_related(
        *(
            Prefetch(link, told.annotate(link=Value(link)), to_attr=f"public_{link}")
            for link in (*ABOVE, *BELOW)
        )
    )


def public_relatives(record: Partnership) -> "list[WithAnnotations[Partnership, Linked]]":
    """The records everybody may read that one read by `with_public_relatives` is linked with."""
    above = [other for link in ABOVE if (other := getattr(record, f"public_{link}"))]
    return above + [other for link in BELOW for other in getattr(record, f"public_{link}")]


def is_told(other: Partnership | None) -> bool:
    """Whether everybody may be told that a record is linked with this one."""
    return (
        other is not None
        and other.visibility == Visibility.PUBLIC
        and other.status != PartnershipStatus.WITHDRAWN
    )


def _linked(user: User | AnonymousUser) -> QuerySet[Partnership]:
    seen = Partnership.objects.visible_to(user).exclude(status=PartnershipStatus.WITHDRAWN)
    return seen.order_by("title", "pk")
