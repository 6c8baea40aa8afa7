"""Fields of forms that ask for countries: listed by their names in the reader's language."""

from collections.abc import Iterator

from django import forms
from django.forms.models import ModelChoiceIterator

from portal.collation import groups_in_order, in_order
from portal.forms import GroupedCheckboxes
from portal.models import Country


class _InOrder(ModelChoiceIterator):
    def __iter__(self) -> Iterator:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from map(self.choice, in_order(self.queryset.all()))


class CountryField(forms.ModelChoiceField):
    iterator: type[ModelChoiceIterator] = _InOrder

    def __init__(self, **options) -> None:
        super().__init__(**{"queryset": Country.objects.all()} | options)


class _ByPartOfTheWorld(ModelChoiceIterator):
    def __iter__(self) -> Iterator:
        groups: dict[str, list] = {}
        for country in self.queryset.select_related("subregion"):
            groups.setdefault(str(country.subregion or country), []).append(self.choice(country))
        yield from groups_in_order(groups)


class CountriesField(CountryField, forms.ModelMultipleChoiceField):
    """Several of them, ticked in groups: the parts of the world."""

    iterator = _ByPartOfTheWorld
    widget = GroupedCheckboxes
