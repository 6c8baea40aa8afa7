"""What of a record its readers get to see."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from partnerships.models import Partnership
from portal.models import User

INSIDE = "partnerships.view_inside"


def is_withheld(record: Partnership, part: str) -> bool:
    """Whether the public does not get to see a part of a record, a value of `Withholdable`."""
    return part in record.withheld_fields


def withheld_from(user: User | AnonymousUser, record: Partnership) -> frozenset[str]:
    """The parts of a record that this person does not get to see; nothing is withheld inside the UN."""
    return frozenset() if user.has_perm(INSIDE) else frozenset(record.withheld_fields)


def relatives_of(record: Partnership, user: User | AnonymousUser) -> dict[str, list[Partnership]]:
    """Records this one is linked with, as far as the reader may see them, by kind of link."""
    above = [pk for pk in (record.parent_id, record.predecessor_id, record.replication_of_id) if pk]
    found = (
        Partnership.objects.visible_to(user)
        .exclude(status="withdrawn")
        .filter(Q(pk__in=above) | Q(parent=record) | Q(predecessor=record) | Q(replication_of=record))
        .order_by("title", "pk")
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
