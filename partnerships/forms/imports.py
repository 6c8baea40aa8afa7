"""Shape of a file upload of records, and of the mapping of its columns."""

from collections.abc import Sequence
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships.forms.partnerships.base import EntityField
from partnerships.import_columns import COLUMNS
from partnerships.models import RecordImport, Visibility


class UploadForm(forms.Form):
    entity = EntityField(
        label=_("UN entity that leads"),
        queryset=UNEntity.objects.none(),
        empty_label=_("Choose"),
        help_text=_("For every row that names none"),
    )
    visibility = forms.ChoiceField(label=_("Who sees the records"), choices=(), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"),
        max_length=255,
        help_text=_("CSV in UTF-8, XLSX, or IATI 2.03 as XML; up to 10 MB and 20,000 rows"),
        widget=forms.FileInput({"accept": ".csv,.xlsx,.xml"}),
    )

    def __init__(self, *args, entities, can_publish: bool, **kwargs):
        super().__init__(*args, **kwargs)
        chooser = cast(forms.ModelChoiceField, self.fields["entity"])
        chooser.queryset = entities
        reach = Visibility.choices if can_publish else Visibility.choices[:-1]
        cast(forms.ChoiceField, self.fields["visibility"]).choices = reach
        self.initial.setdefault("visibility", Visibility.DRAFT)


class MappingForm(forms.Form):
    """One select a field of the registry, with the headings of the file."""

    def __init__(self, *args, headings: Sequence[str], **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", _("Not in the file")), *((heading, heading) for heading in headings if heading)]
        for column in COLUMNS:
            self.fields[column.name] = forms.ChoiceField(
                label=str(column.label), choices=choices, required=False, widget=forms.Select
            )
        self.fields["mode"] = forms.ChoiceField(
            label=_("What is loaded when some rows are not good"),
            choices=RecordImport.Mode.choices,
            widget=forms.RadioSelect,
        )

    @property
    def mapping(self) -> dict[str, str]:
        return {column.name: self.cleaned_data[column.name] for column in COLUMNS}
