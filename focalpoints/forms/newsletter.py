from datetime import UTC

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints import consent
from focalpoints.models import Issue, ReaderImport, Topic
from portal.forms import HintedCheckboxes
from portal.traps import TrappedForm

LARGEST_LIST = 10 * 1024 * 1024  # bytes


class SubscribeForm(TrappedForm):
    """Public form."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    topics = forms.MultipleChoiceField(
        label=_("What would you like to get?"),
        choices=Topic.choices,
        initial=[Topic.QUARTERLY],
        widget=HintedCheckboxes(
            hints={
                Topic.QUARTERLY: _("Four times a year"),
                Topic.NEEDS: _("When UN offices publish several new needs"),
            }
        ),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    agrees = forms.BooleanField(label=consent.TEXTS[consent.CURRENT])


class PreferencesForm(forms.Form):
    topics = forms.MultipleChoiceField(
        label=_("What would you like to get?"),
        choices=Topic.choices,
        required=False,
        help_text=_("Choose nothing to get no mail at all."),
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class NewIssueForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("What readers see as the subject."))


class IssueForm(forms.ModelForm):
    languages = forms.MultipleChoiceField(
        label=_("Editions besides English"),
        choices=[(code, name) for code, name in settings.LANGUAGES if code != "en"],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Readers of other languages get the English edition."),
    )
    planned_for = forms.DateTimeField(
        label=_("Planned for (UTC)"),
        required=False,
        help_text=_("For example 2026-12-01 08:00"),
        input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(format="%Y-%m-%d %H:%M"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Issue
        fields = ["title", "topic", "languages", "planned_for", "growth_reason", "version"]

    def clean_planned_for(self):
        moment = self.cleaned_data["planned_for"]
        return moment.replace(tzinfo=UTC) if moment else None


class WordsForm(forms.Form):
    """The words of an item, in English or translated."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    text = forms.CharField(
        label=_("Text"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "Plain text. **bold**, *italic*, lists with “- ”, and links as [words](https://address)."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ItemForm(WordsForm):
    """An item with what is the same in each language: where its title leads and how it looks."""

    url = forms.RegexField(
        r"^(/(?!/)|https://)\S+$",
        label=_("Address the title leads to"),
        max_length=300,
        required=False,
        help_text=_("A path of this portal, such as /needs/, or an address that begins with https://."),
        error_messages={"invalid": _("Begin with / for a page of this portal, else with https://.")},
    )
    is_call_out = forms.BooleanField(
        label=_("Set it apart as a call-out"),
        required=False,
        help_text=_("For the one thing readers should do. Its address becomes a button."),
    )


class PreviewForm(forms.Form):
    email = forms.EmailField(
        label=_("A reader’s e-mail address"),
        help_text=_("Shows the edition this reader gets, and whether they get it. Nothing is sent."),
    )


class TitleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)


class ImportForm(forms.ModelForm):
    """A list of readers who consented elsewhere."""

    file = forms.FileField(
        label=_("The list"),
        help_text=_(
            "CSV in UTF-8, at most 10 MB. Its first row names the column email and, if you like, language."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    topics = forms.MultipleChoiceField(
        label=_("What they get"),
        choices=Topic.choices,
        initial=[Topic.QUARTERLY],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ReaderImport
        fields = ["consent_source", "topics", "language"]

    field_order = ["file", "consent_source", "topics", "language"]

    def clean_file(self) -> str:
        """The text of the list."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_LIST:
            raise forms.ValidationError(_("The list is larger than 10 MB. Divide it."))
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The list is not in UTF-8. Save it as “CSV UTF-8”.")) from error
        if "\x00" in text:
            raise forms.ValidationError(_("This is not a CSV file."))
        return text
