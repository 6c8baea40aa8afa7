"""Shape of a file upload of records, and of the mapping of its columns."""

from collections.abc import Mapping, Sequence
from typing import cast

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships.forms.partnerships.base import EntityField
from partnerships.import_columns import COLUMNS
from partnerships.models import RecordImport, Visibility

SAMPLE = 30  # letters of a cell that stand beside its heading


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
        if len(own := entities[:2]) == 1:
            self.initial.setdefault("entity", own[0].pk)
        reach = Visibility.choices if can_publish else Visibility.choices[:-1]
        cast(forms.ChoiceField, self.fields["visibility"]).choices = reach
        self.initial.setdefault("visibility", Visibility.DRAFT)


def _beside(heading: str, cell: str) -> str:
    return f"{heading} ({Truncator(cell.strip()).chars(SAMPLE)})" if cell.strip() else heading


class MappingForm(forms.Form):
    """One select a field of the registry, with the headings of the file and what its first row has there."""

    def __init__(self, *args, headings: Sequence[str], first_row: Mapping[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        found = [(heading, _beside(heading, first_row.get(heading, ""))) for heading in headings if heading]
        choices = [("", _("Not in the file")), *found]
        for column in COLUMNS:
            self.fields[column.name] = forms.ChoiceField(
                label=str(column.label),
                choices=choices,
                required=column.is_required,
                widget=forms.Select,
                error_messages={
                    "required": _("Choose the column of: %(fields)s.") % {"fields": column.label}
                },
            )
        self.fields["mode"] = forms.ChoiceField(
            label=_("What is loaded when some rows are not good"),
            choices=RecordImport.Mode.choices,
            widget=forms.RadioSelect,
        )

    @property
    def mapping(self) -> dict[str, str]:
        return {column.name: self.cleaned_data[column.name] for column in COLUMNS}
