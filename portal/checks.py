"""What must be true before the portal serves anybody."""

import os

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

KNOWN_KEYS = ("changeme", "django-insecure", "insecure", "secret")


@register(Tags.security)
def key_is_our_own(app_configs, **kwargs):
    if settings.DEMO or not any(word in settings.SECRET_KEY.lower() for word in KNOWN_KEYS):
        return []
    return [Error("SECRET_KEY is a default one. Generate one and keep it to this server.", id="portal.E001")]


def refuse_unsafe_start() -> None:
    """Stop a production server that still has a demo account or a default key.

    Raises ImproperlyConfigured with one sentence that says what to do.
    """
    if settings.DEMO:
        if os.environ.get("PORTAL_URL", "").startswith("https://"):
            raise ImproperlyConfigured(
                "DEMO=1 is for one machine only. Unset it on a server with an address."
            )
        return
    if errors := key_is_our_own(None):
        raise ImproperlyConfigured(errors[0].msg)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('portal_user') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return
        cursor.execute("SELECT count(*) FROM portal_user WHERE is_demo AND is_active")
        count = cursor.fetchone()[0]
    if count:
        raise ImproperlyConfigured(
            f"This database holds {count} demo accounts. Close them with `manage.py close_demo_accounts`, "
            "or set DEMO=1 on a machine that only you can reach."
        )
