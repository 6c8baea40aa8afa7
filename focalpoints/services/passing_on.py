"""What goes with an office when its focal point changes. Nothing may be lost between two people.

Records, cases, needs and offers belong to the entity, and whoever holds an active entry sees them: they
pass on with the entry. What hangs on the entry or on the person who leaves is given to the successor here.
"""

from django.db.models import ManyToOneRel
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from focalpoints.models import FocalPoint, Membership
from partnerships.models import Offer, Partnership, PartnershipEntity, SavedSearch, Visibility
from portal.history import record
from portal.models import User


def pass_on_entry(old: FocalPoint, new: FocalPoint) -> None:
    """Let everything that points at the old entry point at the new one: it is the same office."""
    relations = FocalPoint._meta.get_fields(include_hidden=True)
    for relation in (found for found in relations if isinstance(found, ManyToOneRel)):
        model = relation.related_model
        if model is not FocalPoint and not model._meta.auto_created:  # its own countries were copied
            model._default_manager.filter(**{relation.field.name: old}).update(**{relation.field.name: new})
    FocalPoint.objects.active().filter(backup=old).exclude(pk=new.pk).update(backup=new)


def pass_on_work(old: FocalPoint, leaver: User, to: User | None, *, by: User) -> list[tuple[Promise, int]]:
    """Give the leaver's drafts to the office and, where there is a successor, the rest to that person.

    What somebody wrote keeps their name. Returns what passed on, in words with counts.
    """
    passed = [(_("Drafts of records"), _drafts(old, leaver, by=by))]
    if to is not None:
        offers = Offer.objects.on_desk().filter(triager=leaver, entity=old.entity)
        passed += [
            (_("Offers being answered"), offers.update(triager=to)),
            (_("Groups"), _give(Membership, "community", leaver, to, is_listed=False)),
        ]
        if not FocalPoint.objects.of(leaver).exists():
            passed.append((_("Saved searches"), _give(SavedSearch, "query", leaver, to)))
    return [(what, count) for what, count in passed if count]


def _drafts(old: FocalPoint, leaver: User, *, by: User) -> int:
    """A draft that names no entity is seen by its author alone: name the office's, so that others find it."""
    lonely = Partnership.objects.filter(
        created_by=leaver, visibility=Visibility.DRAFT, entity_roles__isnull=True
    )
    for draft in lonely:
        PartnershipEntity.objects.create(partnership=draft, entity=old.entity, office_level=old.office_level)
        record(draft, "passed on", by=by, note=old.entity_id)
    return len(lonely)


def _give(model, once: str, leaver: User, to: User, **more) -> int:
    """Rows of one person to another, but for those of which the other has one already."""
    theirs = model.objects.filter(user=to).values(once)
    return model.objects.filter(user=leaver).exclude(**{f"{once}__in": theirs}).update(user=to, **more)
