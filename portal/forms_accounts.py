from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import User
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
