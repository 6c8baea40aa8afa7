from typing import cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.models import UNEntity
from portal.forms import ChoiceCards, DateParts, HintedCheckboxes, HintedRadios
from screening.models import (
    HIT_REASONS,
    REFUSING,
    Condition,
    DecisionOutcome,
    HitOutcome,
    RefusalReason,
    Tier,
)


class ReasonForm(forms.Form):
    """A reason that stays on record."""

    note = forms.CharField(
        label=_("Reason"),
        help_text=_("It stays on record with your name."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )


class PassOnForm(ReasonForm):
    """A reason with which a case goes to somebody else, and the state of the case that it was written on."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class HitDecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=HitOutcome.choices,
        error_messages={"required": _("Choose what this hit is")},
        widget=ChoiceCards(
            consequences={
                HitOutcome.TRUE_MATCH: _("The criterion is met. It blocks approval."),
                HitOutcome.FALSE_POSITIVE: _("Another company or person. You say why."),
                HitOutcome.INCONCLUSIVE: _("More is needed. The criterion stays open."),
            },
            hides_legend=True,
        ),
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            ("", _("Choose")),
            *(
                (outcome.label, [(reason.value, reason.label) for reason in HIT_REASONS[outcome]])
                for outcome in HitOutcome
            ),
        ],
        error_messages={"required": _("Choose a reason")},
    )
    comment = forms.CharField(
        label=_("Comment for the record"),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _("Say what you saw, for the person who reads this in two years")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self):
        data = super().clean() or {}
        if data.get("outcome") and data.get("reason") and data["reason"] not in HIT_REASONS[data["outcome"]]:
            self.add_error("reason", _("Choose a reason that fits the decision"))
        return data


class CaseRequestForm(forms.Form):
    """A request for the examination of one company. `entities` are those the person may speak for."""

    entity = forms.ModelChoiceField(UNEntity.objects.none(), label=_("UN entity"), empty_label=None)
    tier = forms.ChoiceField(
        label=_("What is the engagement?"),
        choices=Tier.choices,
        widget=HintedRadios(
            hints={
                Tier.LIGHT: _("Dialogue and learning. No money, no logo, no exclusivity."),
                Tier.STANDARD: _("Money, goods, services or staff, under USD 1 million and in one region."),
                Tier.STRATEGIC: _("USD 1 million or more, several regions, emblem use or exclusivity."),
            }
        ),
    )
    purpose = forms.CharField(
        label=_("What is it for?"),
        help_text=_("One sentence: what the company would do with the entity, and where"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Say in one sentence what the engagement is for")},
    )

    def __init__(self, *args, entities, **kwargs):
        super().__init__(*args, **kwargs)
        own = UNEntity.objects.filter(pk__in=[entity.pk for entity in entities])
        cast(forms.ModelChoiceField, self.fields["entity"]).queryset = own


class RecommendForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Recommendation"),
        choices=DecisionOutcome.choices,
        error_messages={"required": _("Choose what you recommend")},
        widget=ChoiceCards(
            consequences={
                DecisionOutcome.APPROVED: _("For as long as the rating allows."),
                DecisionOutcome.APPROVED_WITH_CONDITIONS: _("Under the conditions listed."),
                DecisionOutcome.DEFERRED: _("Something is missing. You say what, and from whom."),
                DecisionOutcome.DECLINED: _("No partnership with it can become active."),
                DecisionOutcome.NOT_ELIGIBLE: _("An exclusionary criterion is met."),
            },
            hides_legend=True,
        ),
    )
    note = forms.CharField(
        label=_("Reasons"),
        help_text=_("What you found and what weighs. The decider reads this first."),
        max_length=8000,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Give your reasons")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ConditionForm(forms.Form):
    text = forms.CharField(
        label=_("Condition"), max_length=300, error_messages={"required": _("Say what must happen")}
    )
    owner = forms.ChoiceField(
        label=pgettext_lazy("who answers for a task", "Owner"), choices=Condition.Owner.choices
    )
    due_on = forms.DateField(
        label=_("Due"),
        widget=DateParts,
        error_messages={
            "required": _("Say until when"),
            "invalid": _("Enter a real date, for example 28 2 2027"),
        },
    )
    evidence = forms.CharField(label=_("Evidence"), max_length=200, required=False)

    def clean_due_on(self):
        day = self.cleaned_data["due_on"]
        if day <= timezone.localdate():
            raise forms.ValidationError(_("The date has passed. Enter one that lies ahead"))
        return day


class DecisionForm(forms.Form):
    """The second person's decision. `ratings` are those stricter than the computed one."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=DecisionOutcome.choices,
        error_messages={"required": _("Choose what you decide")},
        widget=ChoiceCards(hides_legend=True),
    )
    rating = forms.ChoiceField(label=_("Stricter rating than computed?"), required=False)
    override_reason = forms.CharField(label=_("Why stricter"), required=False, max_length=500)
    reason_codes = forms.MultipleChoiceField(
        label=_("Reasons of a refusal"),
        help_text=_("The company is told these categories, nothing more"),
        choices=RefusalReason.choices,
        required=False,
        widget=HintedCheckboxes,
    )
    note = forms.CharField(
        label=_("Reason, in your words"),
        help_text=_("It stays on record, for reviewers and auditors."),
        max_length=8000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Give your reason")},
    )
    has_no_conflict = forms.BooleanField(
        label=_("I have no conflict of interest in this case"),
        error_messages={"required": _("Say that you have no conflict of interest, or leave it to others")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, consequences, ratings, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].widget.consequences = consequences
        cast(forms.ChoiceField, self.fields["rating"]).choices = ratings

    def clean(self):
        data = super().clean() or {}
        if data.get("rating") and not data.get("override_reason", "").strip():
            self.add_error("override_reason", _("Say why the rating is stricter than the computed one"))
        if data.get("outcome") in REFUSING and not data.get("reason_codes"):
            self.add_error("reason_codes", _("Choose at least one: the company is told why"))
        return data


class ConditionMetForm(forms.Form):
    note = forms.CharField(
        label=_("What shows it"),
        max_length=300,
        error_messages={"required": _("Say what shows that it is met")},
    )


class RemarkForm(forms.Form):
    text = forms.CharField(
        label=_("What weighed with your side"),
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Write your remark")},
    )
