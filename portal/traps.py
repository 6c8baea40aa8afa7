"""What holds machines that fill forms: two hidden fields that every public form may carry."""

import secrets
import time

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal import limits

SALT = "page-opened"
SECONDS_TO_READ = 2
PAGE_LIVES_SECONDS = 12 * 3600
POSTS_A_PAGE = 2  # the second is a double press


def page_token(opened_at: float | None = None) -> str:
    """The signed moment a page was opened, in seconds of the Unix clock; now, where none is given."""
    moment = time.time() if opened_at is None else opened_at
    return signing.dumps([moment, secrets.token_urlsafe(8)], salt=SALT)


class Bait(forms.HiddenInput):
    """A text field that nobody sees, hears or reaches by keyboard."""

    template_name = "forms/bait.html"


class PageOpened(forms.HiddenInput):
    """The moment of the page it stands on, whatever was sent before."""

    def format_value(self, value: object) -> str:
        return page_token()


class TrappedForm(forms.Form):
    """Holds what fills forms by itself: a field nobody sees, and a page answered faster than people read.

    The signed moment of the page serves a few posts only, so that one page cannot be replayed: after those
    it raises TooMany. A page that comes back with errors has a moment of its own. Whoever `is_known`, having
    signed in, may be as fast as they like.
    """

    fax_number = forms.CharField(required=False, label=_("Leave this empty"), widget=Bait)
    opened = forms.CharField(required=False, widget=PageOpened)

    def __init__(self, *args, is_known: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_known = is_known

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        opened, fax_number = cleaned.pop("opened", ""), cleaned.pop("fax_number", "")
        try:
            opened_at, page = signing.loads(opened, salt=SALT)
        except signing.BadSignature:
            opened_at, page = 0.0, ""
        age = time.time() - opened_at
        if age > PAGE_LIVES_SECONDS:
            raise ValidationError(_("The page was open for too long. Press the button once more."))
        if fax_number or (age < SECONDS_TO_READ and not self.is_known):
            raise ValidationError(
                _("This was sent faster than people read. Wait a moment and press the button once more.")
            )
        limits.take(f"page:{page}", burst=POSTS_A_PAGE, per_seconds=PAGE_LIVES_SECONDS)
        return cleaned
