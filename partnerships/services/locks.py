"""Taking a record to change it."""

from django.core.exceptions import PermissionDenied

from partnerships.models import Partnership
from portal.models import User


def locked_record(partnership: Partnership, by: User) -> Partnership:
    """The record as it stands, held for this transaction. Raises PermissionDenied to who may not edit it."""
    if not Partnership.objects.editable_by(by).filter(pk=partnership.pk).exists():
        raise PermissionDenied
    return Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
