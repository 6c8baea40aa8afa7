from django.http import HttpRequest

from portal.models import User


class SignedIn(HttpRequest):
    """A request of a known person: what a view gets that does not opt out of login."""

    user: User
