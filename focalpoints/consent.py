"""What a reader agrees to. A text that has been shown is never changed: a new wording is a new version."""

from django.utils.translation import gettext_lazy as _

CURRENT = "2026-11"
TEXTS = {
    "2026-11": _(
        "Yes, send me the newsletter by e-mail. My address is used for nothing else, nobody tracks whether I "
        "open it, and I can stop it with one press in every mail."
    )
}
