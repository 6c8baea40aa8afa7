from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.forms import DateParts, offer_choices
from portal.models import User
from screening.forms.cases import ReasonForm
from screening.forms.replies import TextForm
from screening.models import Case, WaitingOn


def analysts():
    """Everybody who examines cases."""
    return User.objects.filter(groups__name="analyst", is_active=True).order_by("name", "email")


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Give it to"),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose a colleague")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_choices(self, to=analysts())


class SnoozeForm(forms.Form):
    until = forms.DateField(label=_("Until"), required=False, widget=DateParts)
    for_list = forms.BooleanField(label=_("Or until a list changes"), required=False)

    def clean(self):
        data = super().clean() or {}
        if not self.errors and not data.get("until") and not data.get("for_list"):
            raise forms.ValidationError(_("Say until when, or until a list changes"))
        if data.get("until") and data["until"] <= timezone.localdate():
            self.add_error("until", _("The day has passed. Choose one that lies ahead"))
        return data


class QuestionForm(forms.Form):
    to = forms.ChoiceField(label=_("Whom do you ask?"), choices=WaitingOn.choices)
    text = forms.CharField(
        label=_("Question"),
        help_text=_("One thing at a time. The clock of the case waits for the answer"),
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write the question")},
    )
    code = forms.CharField(
        label=_("Criterion it is for"),
        help_text=_("Its code, such as R-SUP-01"),
        required=False,
        max_length=20,
    )


class LabelsForm(forms.Form):
    labels = forms.CharField(
        label=_("Labels"),
        help_text=_("Short words, with commas between them"),
        required=False,
        max_length=200,
    )

    @property
    def words(self) -> list[str]:
        return [word.strip().lower() for word in self.cleaned_data["labels"].split(",") if word.strip()]


class BulkForm(forms.Form):
    """One thing done to many cases. Decisions are never bulk."""

    ACTS = (
        ("assign", _("Give to")),
        ("label", _("Label")),
        ("snooze", _("Snooze until")),
    )
    act = forms.ChoiceField(label=_("With those chosen"), choices=ACTS)
    to = forms.ModelChoiceField(User.objects.none(), label=_("Colleague"), required=False, empty_label="–")
    labels = forms.CharField(label=_("Labels"), required=False, max_length=200)
    until = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_choices(self, to=analysts())

    def clean(self):
        data = super().clean() or {}
        needed = {
            "assign": ("to", _("Choose a colleague")),
            "label": ("labels", _("Write a label")),
            "snooze": ("until", _("Choose a day")),
        }
        if data.get("act") in needed:
            field, why = needed[data["act"]]
            if not data.get(field) and field not in self.errors:
                self.add_error(field, why)
        return data


class ViewNameForm(forms.Form):
    name = forms.CharField(
        label=_("Name of this view"), max_length=60, error_messages={"required": _("Give the view a name")}
    )
    query = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)


def act_forms(case: Case) -> dict[str, forms.Form]:
    """The forms of a case's small acts, for its file and its glance."""
    return {
        "assign_form": AssignForm(auto_id="assign_%s"),
        "snooze_form": SnoozeForm(auto_id="snooze_%s"),
        "escalate_form": ReasonForm(auto_id="escalate_%s"),
        "question_form": QuestionForm(auto_id="question_%s"),
        "labels_form": LabelsForm(auto_id="labels_%s", initial={"labels": ", ".join(case.labels)}),
        "note_form": TextForm(auto_id="note_%s", label=str(_("Note"))),
    }
