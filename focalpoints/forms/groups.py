from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.models import (
    SPOKEN_LANGUAGES,
    Broker,
    BrokerRequest,
    BrokerSkill,
    Community,
    FocalPoint,
    GroupKind,
    Post,
    Recommendation,
    Resource,
    Thread,
    UNEntity,
)
from portal.countries import CountriesField, CountryField
from portal.forms import DateParts, UploadField, offer_choices, refuse_past
from portal.models import User


class GroupForm(forms.ModelForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=GroupKind.choices, widget=forms.RadioSelect)

    class Meta:
        model = Community
        fields = ["name", "kind", "purpose"]


class GroupWordsForm(forms.ModelForm):
    class Meta:
        model = Community
        fields = ["name", "purpose"]


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


class ShelfForm(forms.Form):
    """A file, or an item of the library."""

    item = forms.ModelChoiceField(
        Resource.objects.none(), label=_("An item of the library"), required=False, empty_label=_("None")
    )
    file = UploadField(label=_("Or a file"), required=False)
    title = forms.CharField(label=_("Title of the file"), max_length=200, required=False)

    def __init__(self, *args, community: Community, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Resource.objects.visible_to(user).exclude(communities=community)
        offer_choices(self, item=rows.order_by("title"))

    def clean(self) -> dict:
        values = super().clean() or {}
        if not self.errors and not values.get("item") and not values.get("file"):
            self.add_error("item", _("Choose an item of the library, or a file."))
        if values.get("file") and not values.get("title"):
            values["title"] = values["file"].name[:200]
        return values


class RecommendationForm(forms.ModelForm):
    entity = forms.ModelChoiceField(
        UNEntity.objects.none(), label=_("Signed first by"), help_text=_("The entity you speak for.")
    )

    class Meta:
        model = Recommendation
        fields = ["title", "addressee", "text", "community", "entity"]

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        mine = UNEntity.objects.filter(pk__in=FocalPoint.objects.of(user).values("entity"))
        offer_choices(self, entity=mine)
        groups = Community.objects.visible_to(user)
        offer_choices(self, community=groups)


class RecommendationWordsForm(forms.ModelForm):
    class Meta:
        model = Recommendation
        fields = ["title", "addressee", "text"]


class SignForm(forms.Form):
    entity = forms.ModelChoiceField(UNEntity.objects.none(), label=_("Sign for"), empty_label=None)

    def __init__(self, *args, entities, **kwargs):
        super().__init__(*args, **kwargs)
        offer_choices(self, entity=entities)


class AddresseeReplyForm(forms.Form):
    reply = forms.CharField(
        label=_("What the addressee answered"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6})
    )


class BrokerForm(forms.ModelForm):
    entity = forms.ModelChoiceField(UNEntity.objects.filter(is_current=True), label=_("UN entity"))
    skills = forms.MultipleChoiceField(
        label=_("What you can do"), choices=BrokerSkill.choices, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you work in"), choices=SPOKEN_LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    countries = CountriesField(
        label=_("Countries you know well"),
        required=False,
    )
    available_from = forms.DateField(label=_("Free from"), widget=DateParts, required=False)
    days_a_month = forms.IntegerField(label=_("Days a month"), min_value=1, max_value=23, required=False)
    is_listed = forms.BooleanField(
        label=_("Show me on the roster"), required=False, initial=True, help_text=_("Untick it to rest.")
    )

    class Meta:
        model = Broker
        fields = [
            "entity",
            "place",
            "skills",
            "languages",
            "countries",
            "experience",
            "available_from",
            "days_a_month",
            "is_listed",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        refuse_past(self, "available_from")
        return cleaned


class RosterFilterForm(forms.Form):
    marks_optional = False
    skill = forms.ChoiceField(
        label=_("Skill"), choices=[("", _("Any")), *BrokerSkill.choices], required=False
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("Any")), *SPOKEN_LANGUAGES], required=False
    )
    country = CountryField(label=_("Country"), required=False, empty_label=_("Any"))
    is_free = forms.TypedChoiceField(
        label=_("Free"),
        choices=[("", _("Any")), ("yes", _("Now"))],
        coerce=bool,
        required=False,
    )


class AskBrokerForm(forms.ModelForm):
    needed_from = forms.DateField(label=_("From when"), widget=DateParts, required=False)
    days = forms.IntegerField(label=_("How many days"), min_value=1, max_value=250, required=False)

    class Meta:
        model = BrokerRequest
        fields = ["what", "needed_from", "days"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        refuse_past(self, "needed_from")
        return cleaned


class BrokerAnswerForm(forms.Form):
    accepts = forms.TypedChoiceField(
        label=_("Can you help?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Your words"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("How to reach you, or who else might help."),
    )
