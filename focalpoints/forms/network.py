import zoneinfo

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.models import (
    ActionPoint,
    ActionState,
    Community,
    GroupKind,
    Meeting,
    Post,
    Resource,
    ResourceKind,
    Thread,
    Training,
)
from portal.forms import DateParts
from portal.themes import Theme


class MeetingForm(forms.ModelForm):
    starts_on = forms.DateField(label=_("First day"), widget=DateParts)
    ends_on = forms.DateField(label=_("Last day"), widget=DateParts, required=False)
    registration_until = forms.DateField(label=_("Registration until"), widget=DateParts, required=False)
    start_time = forms.TimeField(label=_("Begins at"), required=False, help_text=_("For example 09:30"))
    end_time = forms.TimeField(label=_("Ends at"), required=False)
    zone = forms.CharField(
        label=_("Time zone"),
        initial="UTC",
        help_text=_("That of the place, for example Europe/Paris. The hour stays when summer time changes."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Meeting
        fields = [
            "title",
            "starts_on",
            "ends_on",
            "start_time",
            "end_time",
            "zone",
            "city",
            "country",
            "host_entity",
            "theme",
            "agenda",
            "report",
            "attendance",
            "capacity",
            "registration_until",
            "is_public",
            "version",
        ]

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"]
        if zone not in zoneinfo.available_timezones():
            raise forms.ValidationError(_("Enter a time zone such as Europe/Paris."))
        return zone


class RegisterForm(forms.Form):
    organization = forms.CharField(label=_("Your office"), max_length=120)
    has_list_consent = forms.BooleanField(label=_("Show me on the participant list"), required=False)


class SeatForm(forms.Form):
    organization = forms.CharField(label=_("Your office"), max_length=120)


class ActionForm(forms.ModelForm):
    due_on = forms.DateField(label=_("Due"), widget=DateParts, required=False)

    class Meta:
        model = ActionPoint
        fields = ["issue_number", "issue", "text", "owner", "due_on", "state"]


class ProgressForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
    text = forms.CharField(
        label=_("What happened"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("“No progress” is an answer too."),
    )
    state = forms.ChoiceField(label=_("Where it stands now"), choices=ActionState.choices)


class ResourceForm(forms.ModelForm):
    themes = forms.MultipleChoiceField(
        label=_("Topics"),
        choices=Theme.choices,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    url = forms.URLField(label=_("Web address"), required=False, assume_scheme="https")

    class Meta:
        model = Resource
        fields = [
            "title",
            "kind",
            "publisher",
            "year",
            "version_label",
            "language",
            "url",
            "summary",
            "themes",
            "audience",
            "supersedes",
            "status",
            "is_internal",
        ]


class LibraryFilterForm(forms.Form):
    marks_optional = False
    q = forms.CharField(
        label=_("Words"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *ResourceKind.choices], required=False)
    theme = forms.ChoiceField(label=_("Topic"), choices=[("", _("All")), *Theme.choices], required=False)


class OpinionForm(forms.Form):
    is_useful = forms.TypedChoiceField(
        label=_("Did it help you?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("What should others know?"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TrainingForm(forms.ModelForm):
    starts_on = forms.DateField(label=_("First day"), widget=DateParts)
    ends_on = forms.DateField(label=_("Last day"), widget=DateParts)

    class Meta:
        model = Training
        fields = [
            "title",
            "provider",
            "starts_on",
            "ends_on",
            "place",
            "seats",
            "audience",
            "text",
            "materials",
        ]


class GroupForm(forms.ModelForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=GroupKind.choices, widget=forms.RadioSelect)

    class Meta:
        model = Community
        fields = ["name", "kind", "purpose"]


class JoinForm(forms.Form):
    is_listed = forms.BooleanField(label=_("Show my name in the member list"), required=False)
    wants_digest = forms.BooleanField(
        label=_("Send me a digest by mail, once a week at most"), required=False, initial=True
    )


class ThreadForm(forms.ModelForm):
    text = forms.CharField(label=_("Your words"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}))

    class Meta:
        model = Thread
        fields = ["title", "text", "is_announcement"]


class ReplyForm(forms.ModelForm):
    class Meta:
        model = Post
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}
