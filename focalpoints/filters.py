import django_filters
from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from focalpoints.models import SPOKEN_LANGUAGES, FocalPoint, OfficeLevel, Task, UNEntity
from portal.countries import CountryField
from portal.models import Country
from portal.themes import Theme


def matching_focal_points(rows: QuerySet, words: str, *, with_names: bool) -> QuerySet:
    """Rows where each word stands in role, place, entity, country, topic, task or, with consent, the name."""
    countries = [f"name_{code[:2]}" for code, _name in settings.LANGUAGES]
    for word in words.split()[:8]:
        folded = word.casefold()
        named = Q(short_en__icontains=word)
        for field in countries:
            named |= Q(**{f"{field}__icontains": word})
        found = (
            Q(role_title__icontains=word)
            | Q(office_place__icontains=word)
            | Q(entity__acronym__icontains=word)
            | Q(entity__name__icontains=word)
            | Q(countries__in=Country.objects.filter(named))
            | Q(themes__overlap=[code for code, label in Theme.choices if folded in str(label).casefold()])
            | Q(tasks__overlap=[code for code, label in Task.choices if folded in str(label).casefold()])
        )
        if with_names:
            found |= Q(has_name_consent=True, person_name__icontains=word)
        rows = rows.filter(pk__in=FocalPoint.objects.filter(found).values("pk"))
    return rows


class CountryFilter(django_filters.Filter):
    field_class = CountryField


class FocalPointFilter(django_filters.FilterSet):
    """What the directory can be narrowed by; the page and its CSV share it."""

    q = django_filters.CharFilter(
        label=_("Topic, place or role"),
        method="by_words",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    entity = django_filters.ModelChoiceFilter(
        label=_("UN entity"),
        queryset=lambda request: UNEntity.objects.filter(is_current=True),
        empty_label=_("All"),
    )
    country = CountryFilter(
        label=_("Country"),
        field_name="countries",
        empty_label=_("All"),
    )
    language = django_filters.ChoiceFilter(
        label=_("Language"), choices=SPOKEN_LANGUAGES, method="by_member", empty_label=_("Any")
    )
    theme = django_filters.ChoiceFilter(
        label=_("Topic"), choices=Theme.choices, method="by_member", empty_label=_("Any")
    )
    task = django_filters.ChoiceFilter(
        label=_("Task"), choices=Task.choices, method="by_member", empty_label=_("Any")
    )
    office = django_filters.ChoiceFilter(
        label=_("Office"), choices=OfficeLevel.choices, field_name="office_level", empty_label=_("Any")
    )

    MEMBER_FIELDS = {"language": "languages", "theme": "themes", "task": "tasks"}
    MORE_FIELDS = ("theme", "task", "office")

    class Meta:
        model = FocalPoint
        fields: list[str] = []

    def by_words(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        with_names = self.request.user.has_perm("focalpoints.view_people")
        return matching_focal_points(rows, value, with_names=with_names)

    def by_member(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(**{f"{self.MEMBER_FIELDS[name]}__contains": [value]})

    @property
    def chosen(self) -> dict:
        """The filters that are on, by name; what was not valid is left out."""
        if not self.form.is_bound:
            return {}
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def is_more_open(self) -> bool:
        return any(name in self.chosen for name in self.MORE_FIELDS)
