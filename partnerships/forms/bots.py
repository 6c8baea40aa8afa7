"""What holds machines that fill forms."""

import secrets
import time

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal import limits


class TrappedForm(forms.Form):
    """Holds what fills forms by itself: a field nobody sees, and a page answered faster than people read.

    The signed moment of the page serves a few posts only, so that one page cannot be replayed.
    """

    SECONDS_TO_READ = 2
    PAGE_LIVES_SECONDS = 12 * 3600
    POSTS_A_PAGE = 2  # the second is a double press

    fax_number = forms.CharField(required=False, widget=forms.HiddenInput)
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def page_token(self) -> str:
        """For the hidden field `opened` of a fresh page."""
        return signing.dumps([time.time(), secrets.token_urlsafe(8)], salt="offer-page")

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        try:
            opened_at, page = signing.loads(
                cleaned.get("opened", ""), salt="offer-page", max_age=self.PAGE_LIVES_SECONDS
            )
        except signing.BadSignature as unreadable:
            raise ValidationError(
                _("The page was open for too long. Press the button once more.")
            ) from unreadable
        if cleaned.get("fax_number") or time.time() - opened_at < self.SECONDS_TO_READ:
            raise ValidationError(
                _("This was sent faster than people read. Wait a moment and press the button once more.")
            )
        limits.take(f"offer-page:{page}", burst=self.POSTS_A_PAGE, per_seconds=self.PAGE_LIVES_SECONDS)
        return cleaned


class KeepForm(TrappedForm):
    """Where to send the way back to a draft."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send one link, and nothing else"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
