from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import MailChoice, NoticeKind, User
from portal.queries import role_choices


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language"]
        help_texts = {"language": _("Pages and mails come in this language.")}


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=role_choices, widget=forms.CheckboxSelectMultiple, required=False
    )


class NoticeChoicesForm(forms.Form):
    """One question for each kind of notice, named after it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in NoticeKind:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label, choices=MailChoice, widget=forms.RadioSelect
            )


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What the key is for"),
        max_length=80,
        help_text=_("For example: monthly report of our office."),
    )
