"""Sign-up and sign-in through allauth, with our fields, limits and audit events."""

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import limits
from portal.models import User


class SignupFields(forms.Form):
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

    def get_from_email(self) -> str:
        return settings.DEFAULT_FROM_EMAIL
