"""Keys for programs: `Authorization: Bearer cg_…` acts as the person who made it, with that person's roles.

`portal.services.make_token` makes one. REST framework imports this module early, so it imports little.
"""

import hashlib

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from portal.models import ApiToken, User


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if len(words) != 2 or words[0].lower() != b"bearer":
            return None
        token = (
            ApiToken.objects.filter(digest=digest(words[1].decode("latin-1"))).select_related("user").first()
        )
        if token is None or not token.is_usable or not token.user.is_active:
            raise AuthenticationFailed(_("This key is unknown or no longer valid."))
        today = timezone.now().date()
        if token.last_used_on != today:
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
        return token.user, token

    def authenticate_header(self, request) -> str:
        return 'Bearer realm="api"'


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "portal.tokens.TokenAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema) -> dict:
        return {"type": "http", "scheme": "bearer", "description": "A key from the page “Keys for programs”."}
