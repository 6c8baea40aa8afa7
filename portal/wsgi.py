import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.translation import trans_real

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

from portal.checks import refuse_unsafe_start  # noqa: E402  (needs the app registry)

refuse_unsafe_start()

# What every reader needs is read before the first one comes: all addresses, and the words of each language.
import_module(settings.ROOT_URLCONF)
for code, _name in settings.LANGUAGES:
    trans_real.translation(code)
# It stays for good, so that no page waits a fifth of a second for the collector to look through it.
gc.collect()
gc.freeze()
