from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Community, GroupKind, Post, Thread


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
