"""Sign-up and sign-in through allauth, with our fields, limits and audit events."""

import hashlib
from collections.abc import Callable

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as mfa_forms
from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import limits, sealed
from portal.errors import TooMany
from portal.models import User
from portal.traps import TrappedForm


class SignupFields(TrappedForm):
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.language = get_language() or "en"
        user.save(update_fields=["name", "language"])
        user.groups.add(Group.objects.get(name="business"))


class AccountAdapter(DefaultAccountAdapter):
    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        """At most ten password checks an account in a quarter of an hour, from whatever network."""
        email = str(credentials.get("email", "")).strip().lower()
        limits.take(f"password:{email}", burst=10, per_seconds=900)

    def should_send_confirmation_mail(self, request: HttpRequest, email_address, signup: bool) -> bool:
        """At most one mail a day to one address, so that nobody's mailbox is filled from here."""
        try:
            limits.take(f"confirmation:{email_address.email.lower()}", burst=1, per_seconds=86_400)
        except TooMany:
            return False
        return super().should_send_confirmation_mail(request, email_address, signup)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Somebody who began an offer before having an account lands on it."""
        if request.session.get("offer_draft"):
            return reverse("partnerships:offer_tasks", args=["draft"])
        return super().get_login_redirect_url(request)

    def get_from_email(self) -> str:
        return settings.DEFAULT_FROM_EMAIL


class MfaAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps sealed."""

    def encrypt(self, text: str) -> str:
        return sealed.seal(text, about="mfa")

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.unseal(encrypted_text, about="mfa")


def limited(user: User, check: Callable[[], str]) -> str:
    """Five tries an account in five minutes, and no code twice, in whichever process it arrives."""
    limits.take(f"code:{user.pk}", burst=5, per_seconds=300)
    code = check()
    used = hashlib.sha256(f"{user.pk}:{code}".encode()).hexdigest()[:32]
    limits.take(f"code-used:{used}", burst=1, per_seconds=300)
    return code


class AuthenticateForm(mfa_forms.AuthenticateForm):
    def clean_code(self) -> str:
        return limited(self.user, super().clean_code)


class ReauthenticateForm(mfa_forms.ReauthenticateForm):
    def clean_code(self) -> str:
        return limited(self.user, super().clean_code)
