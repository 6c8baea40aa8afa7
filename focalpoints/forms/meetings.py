from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.forms.lines import LinesField
from focalpoints.models import (
    ActionPoint,
    ActionState,
    Meeting,
    MeetingDocument,
    MeetingPlace,
    MeetingSession,
    ParticipantKind,
    UNEntity,
)
from portal.countries import CountryField
from portal.forms import DateParts, UploadField, offer_choices


class MeetingForm(forms.ModelForm):
    starts_on = forms.DateField(label=_("First day"), widget=DateParts, required=False)
    ends_on = forms.DateField(label=_("Last day"), widget=DateParts, required=False)
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        min_value=1945,
        max_value=2100,
        help_text=_("Where only the year is known."),
    )
    registration_until = forms.DateField(label=_("Registration until"), widget=DateParts, required=False)
    start_time = forms.TimeField(label=_("Begins at"), required=False, help_text=_("For example 09:30"))
    end_time = forms.TimeField(label=_("Ends at"), required=False)
    zone = forms.CharField(
        label=_("Time zone"),
        initial="UTC",
        max_length=40,
        help_text=_("That of the place, for example Europe/Paris. The hour stays when summer time changes."),
    )
    country = CountryField(label=_("Country"), required=False)
    focus = LinesField(label=_("What it is about"), help_text=_("One issue a line."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Meeting
        fields = [
            "title",
            "number",
            "starts_on",
            "ends_on",
            "year",
            "start_time",
            "end_time",
            "zone",
            "city",
            "country",
            "host_entity",
            "theme",
            "focus",
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
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, no key at all, or a folder
            raise forms.ValidationError(_("Enter a time zone such as Europe/Paris.")) from None
        return zone

    def clean(self) -> dict:
        values = super().clean() or {}
        first, last = values.get("starts_on"), values.get("ends_on")
        if not first and not values.get("year"):
            self.add_error("starts_on", _("Enter the first day, or at least the year."))
        if last and not first:
            self.add_error("starts_on", _("Enter the first day as well."))
        elif first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        begins, ends = values.get("start_time"), values.get("end_time")
        if begins and ends and ends <= begins and (last or first) == first:
            self.add_error("end_time", _("The end is not after the beginning."))
        if not self.errors:
            self._refuse_skipped_hours(values)
        return values

    def _refuse_skipped_hours(self, values: dict) -> None:
        """When summer time begins an hour is left out: no clock of that place ever shows it."""
        zone = ZoneInfo(values["zone"])
        days = {"start_time": values["starts_on"], "end_time": values["ends_on"] or values["starts_on"]}
        for field, day in days.items():
            if day and values[field]:
                shown = datetime.combine(day, values[field])
                if shown.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != shown:
                    self.add_error(field, _("The clocks of this place skip that hour on that day."))


class RegisterForm(forms.ModelForm):
    """What a participant list says of somebody from the UN."""

    organization = forms.CharField(label=_("Your office"), max_length=120)
    role = forms.CharField(label=_("Your role"), max_length=120, required=False)
    has_list_consent = forms.BooleanField(
        label=_("Show me on the participant list, to UN users"), required=False
    )

    class Meta:
        model = MeetingPlace
        fields = ["organization", "role", "has_list_consent"]


class GuestForm(forms.ModelForm):
    guest_name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Comes from"), choices=ParticipantKind.choices)
    has_list_consent = forms.BooleanField(
        label=_("This person agreed to stand on the participant list"), required=False
    )

    class Meta:
        model = MeetingPlace
        fields = ["guest_name", "organization", "role", "kind", "has_list_consent"]


USEFULNESS = [(4, _("Very useful")), (3, _("Useful")), (2, _("Of little use")), (1, _("Not useful"))]


class SurveyForm(forms.Form):
    usefulness = forms.TypedChoiceField(
        label=_("How useful was it for your work?"), choices=USEFULNESS, coerce=int, widget=forms.RadioSelect
    )
    survey_words = forms.CharField(
        label=_("What should be different next time?"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Read by those who run the meeting, without your name."),
    )


class SessionForm(forms.ModelForm):
    day = forms.DateField(label=_("Day"), widget=DateParts)
    start_time = forms.TimeField(label=_("Begins at"), help_text=_("For example 09:30"))
    end_time = forms.TimeField(label=_("Ends at"), required=False)

    class Meta:
        model = MeetingSession
        fields = ["day", "start_time", "end_time", "title", "speakers", "room"]

    def clean(self) -> dict:
        values = super().clean() or {}
        begins, ends = values.get("start_time"), values.get("end_time")
        if begins and ends and ends <= begins:
            self.add_error("end_time", _("The end is not after the beginning."))
        return values


class PaperForm(forms.ModelForm):
    url = forms.URLField(label=_("Web address"), required=False, assume_scheme="https", max_length=500)
    file = UploadField(label=_("File"), required=False)

    class Meta:
        model = MeetingDocument
        fields = ["kind", "title", "url", "note"]


class ActionForm(forms.ModelForm):
    due_on = forms.DateField(label=_("Due"), widget=DateParts, required=False)

    class Meta:
        model = ActionPoint
        fields = ["issue_number", "issue", "text", "owner", "due_on", "state"]


class ProgressForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=1945, max_value=2100)
    text = forms.CharField(
        label=_("What happened"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("“No progress” is an answer too."),
    )
    state = forms.ChoiceField(label=_("Where it stood then"), choices=ActionState.choices)


class TrackerForm(forms.Form):
    """What the action tracker can be narrowed by; the page and its CSV share it."""

    marks_optional = False
    meeting = forms.ModelChoiceField(
        Meeting.objects.none(), label=_("Meeting"), to_field_name="slug", required=False, empty_label=_("All")
    )
    owner = forms.ModelChoiceField(
        UNEntity.objects.none(),
        label=pgettext_lazy("who answers for a task", "Owner"),
        required=False,
        empty_label=_("All"),
    )
    by_year = forms.TypedChoiceField(label=_("As it stood in"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args, meetings, **kwargs):
        super().__init__(*args, **kwargs)
        with_actions = meetings.filter(actions__isnull=False).distinct()
        owners = UNEntity.objects.filter(
            pk__in=ActionPoint.objects.filter(meeting__in=meetings).values("owner")
        )
        first = meetings.filter(actions__isnull=False).order_by("year").values_list("year", flat=True).first()
        this_year = timezone.localdate().year
        years = range(this_year - 1, (first or this_year) - 1, -1)
        by_year = [("", _("Now")), *((year, str(year)) for year in years)]
        offer_choices(self, meeting=with_actions, owner=owners, by_year=by_year)


class CancelForm(forms.Form):
    why = forms.CharField(
        label=_("Why does it not take place?"),
        max_length=300,
        help_text=_("Everybody with a place, or waiting for one, reads this. It cannot be undone."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
