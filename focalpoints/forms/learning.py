from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from focalpoints.forms.lines import LinesField
from focalpoints.models import (
    FocalPoint,
    OfficeLevel,
    Resource,
    ResourceKind,
    Training,
    TrainingSeat,
    UNEntity,
)
from portal.forms import DateParts, GroupedCheckboxes, UploadField, offer_choices
from portal.models import User
from portal.themes import Theme, theme_groups


class ResourceForm(forms.ModelForm):
    themes = forms.MultipleChoiceField(
        label=_("Topics"),
        choices=theme_groups,
        required=False,
        widget=GroupedCheckboxes,
    )
    url = forms.URLField(label=_("Web address"), required=False, assume_scheme="https", max_length=500)
    file = UploadField(label=_("File"), required=False)

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
            "translation_of",
            "status",
            "is_internal",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        others = Resource.objects.exclude(pk=self.instance.pk)
        free = Q(superseded_by=None) | Q(pk=self.instance.supersedes_id)
        offer_choices(self, supersedes=others.filter(free))
        offer_choices(self, translation_of=others.filter(translation_of=None))


class LibraryFilterForm(forms.Form):
    """What the library can be narrowed by; the state stands beside the count."""

    marks_optional = False
    q = forms.CharField(
        label=_("Words"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *ResourceKind.choices], required=False)
    theme = forms.ChoiceField(label=_("Topic"), choices=[("", _("All")), *Theme.choices], required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("All")), *settings.LANGUAGES], required=False
    )


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
        help_text=_("Shown to UN users with your name."),
    )


class WhyForm(forms.Form):
    """Why something that somebody wrote is taken out of sight."""

    why = forms.CharField(
        label=_("Why? Everybody will see the reason."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class TrainingForm(forms.ModelForm):
    starts_on = forms.DateField(label=_("First day"), widget=DateParts)
    ends_on = forms.DateField(label=_("Last day"), widget=DateParts)
    modules = LinesField(label=_("Modules"), help_text=_("One a line, in the order of the course."))

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
            "modules",
            "materials",
        ]

    def clean(self) -> dict:
        values = super().clean() or {}
        first, last = values.get("starts_on"), values.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        return values


class HandoutForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    file = UploadField(label=_("File"))


class SeatForm(forms.ModelForm):
    """Where somebody works; what the directory knows of them is filled in already."""

    entity = forms.ModelChoiceField(UNEntity.objects.filter(is_current=True), label=_("UN entity"))
    office_level = forms.ChoiceField(label=_("Office"), choices=OfficeLevel.choices, widget=forms.RadioSelect)
    organization = forms.CharField(
        label=_("Place of the office"), max_length=120, help_text=_("For example Dhaka")
    )

    class Meta:
        model = TrainingSeat
        fields = ["entity", "office_level", "organization"]

    @classmethod
    def of(cls, user: User) -> "SeatForm":
        entry = FocalPoint.objects.of(user).first()
        if entry is None:
            return cls()
        return cls(
            initial={
                "entity": entry.entity_id,
                "office_level": entry.office_level,
                "organization": entry.office_place,
            }
        )
