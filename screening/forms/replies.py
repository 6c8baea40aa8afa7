from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import ChoiceCards, HintedRadios
from screening.models import ReplyKind, ReplyStatus


class ReplyForm(forms.Form):
    """A company's word on a decision."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=ReplyKind.choices,
        widget=HintedRadios(
            hints={
                ReplyKind.REPLY: _("You correct or add something. Those who decided answer."),
                ReplyKind.APPEAL: _("You want it looked at again, by people who had no part in it. Once."),
            }
        ),
        error_messages={"required": _("Choose what it is")},
    )
    text = forms.CharField(
        label=_("What you want to say"),
        max_length=8000,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Write what you want to say")},
    )


class ReplyAnswerForm(forms.Form):
    status = forms.ChoiceField(
        label=_("What follows"),
        choices=[choice for choice in ReplyStatus.choices if choice[0] != ReplyStatus.OPEN],
        widget=ChoiceCards(
            consequences={
                ReplyStatus.UPHELD: _("The company reads your answer."),
                ReplyStatus.OVERTURNED: _("A new case opens. Until it is decided, the decision stays."),
            },
            hides_legend=True,
        ),
        error_messages={"required": _("Choose what follows")},
    )
    answer = forms.CharField(
        label=_("Answer to the company"),
        help_text=_("The company reads this. Name no list, no source and no person"),
        max_length=8000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _("Write the answer")},
    )


class TextForm(forms.Form):
    """One text for the record."""

    text = forms.CharField(
        label=_("Text"),
        max_length=8000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _("Write something")},
    )

    def __init__(self, *args, label: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
