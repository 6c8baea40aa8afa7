from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.models import SPOKEN_LANGUAGES, FocalPoint, OfficeLevel, Task, UNEntity
from portal.countries import CountriesField, CountryField
from portal.forms import GroupedCheckboxes
from portal.models import User
from portal.themes import Theme, theme_groups


class EntryForm(forms.ModelForm):
    """An entry of the directory. Lists are chosen; nothing but names and places is typed."""

    office_level = forms.ChoiceField(label=_("Office"), choices=OfficeLevel.choices, widget=forms.RadioSelect)
    countries = CountriesField(
        label=_("Countries"),
        required=False,
        help_text=_("Those this office answers for. Leave empty for all countries."),
    )
    themes = forms.MultipleChoiceField(
        label=_("Topics"),
        choices=theme_groups,
        required=False,
        widget=GroupedCheckboxes,
    )
    tasks = forms.MultipleChoiceField(
        label=_("Tasks"), choices=Task.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=SPOKEN_LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = FocalPoint
        fields = [
            "role_title",
            "office_level",
            "office_place",
            "countries",
            "themes",
            "tasks",
            "languages",
            "unit_mailbox",
            "person_name",
            "has_name_consent",
            "backup",
            "is_public",
        ]
        help_texts = {
            "unit_mailbox": _(
                "An address of the office, not of a person: it outlives the next change of post."
            ),
            "backup": _("Who answers when this office is away."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        entries = FocalPoint.objects.active().select_related("entity")
        entity = self.instance.entity_id
        backup = cast(forms.ModelChoiceField, self.fields["backup"])
        backup.queryset = entries.filter(entity=entity).exclude(pk=self.instance.pk)
        self.fields["version"].initial = self.instance.version


class NewEntryForm(EntryForm):
    entity = forms.ModelChoiceField(
        label=_("UN entity"), queryset=UNEntity.objects.filter(is_current=True), empty_label=""
    )
    holder = forms.EmailField(
        label=_("Account of the holder"),
        required=False,
        help_text=_("The e-mail address they sign in with. Leave empty while the place is vacant."),
    )
    field_order = ["entity", "holder"]

    class Meta(EntryForm.Meta):
        fields = ["entity", *(name for name in EntryForm.Meta.fields if name != "backup")]

    def __init__(self, *args, **kwargs):
        forms.ModelForm.__init__(self, *args, **kwargs)
        del self.fields["version"]

    def clean_holder(self) -> User | None:
        return account_of(self.cleaned_data["holder"])


class FinderForm(forms.Form):
    """What a business is about and where."""

    marks_optional = False
    theme = forms.ChoiceField(label=_("Topic"), choices=[("", _("Any")), *Theme.choices], required=False)
    country = CountryField(label=_("Country"), required=False, empty_label=_("Any"))


class HandOverForm(forms.Form):
    """Who takes over. Without an account the place stays vacant under the unit mailbox."""

    successor = forms.EmailField(
        label=_("Account of your successor"),
        required=False,
        help_text=_("The e-mail address they sign in with. Leave empty if nobody is named yet."),
    )
    person_name = forms.CharField(label=_("Name of your successor"), max_length=120, required=False)
    has_name_consent = forms.BooleanField(label=_("They agree that UN users see their name"), required=False)

    def clean_successor(self) -> User | None:
        return account_of(self.cleaned_data["successor"])


def account_of(email: str) -> User | None:
    if not email:
        return None
    user = User.objects.filter(email=email.lower(), is_active=True).first()
    if user is None:
        raise forms.ValidationError(_("Nobody has an account with this address. Ask them to sign up first."))
    return user
