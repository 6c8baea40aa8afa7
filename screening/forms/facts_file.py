"""A table of facts about one company, as a file: read and checked line by line before anything is kept."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from screening.dossier import FIELDS, Field
from screening.forms.dossier import WEB, form_field, to_store

COLUMNS = ("field", "value", "source", "source_url", "stated_on")
MOST_BYTES = 200_000
MOST_ROWS = 200


class FactsFileForm(forms.Form):
    """A CSV file with the columns of COLUMNS. `rows` holds what `services.dossier.import_facts` takes."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A CSV file in UTF-8, with the columns field, value, source, source_url and stated_on"),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        error_messages={"required": _("Choose a file")},
    )

    def clean_file(self):
        content = self.cleaned_data["file"].read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ValidationError(_("The file is larger than 200 kB"))
        try:
            table = csv.DictReader(StringIO(content.decode("utf-8-sig")), strict=True)
            lines = list(table)
        except (UnicodeDecodeError, csv.Error):
            raise ValidationError(_("This is no CSV file in UTF-8")) from None
        if missing := [name for name in COLUMNS if name not in (table.fieldnames or ())]:
            raise ValidationError(
                _("These columns are missing: %(names)s"), params={"names": ", ".join(missing)}
            )
        if not lines or len(lines) > MOST_ROWS:
            raise ValidationError(_("Give 1 to 200 facts"))
        self.rows, problems = [], []
        for number, line in enumerate(lines, 2):
            try:
                self.rows.append(read_fact(line))
            except ValidationError as error:
                words = {"number": number, "problem": " ".join(error.messages)}
                problems.append(ValidationError(_("Line %(number)d: %(problem)s"), params=words))
        if problems:
            raise ValidationError(problems[:20])
        return self.cleaned_data["file"]


def read_fact(line: Mapping[str | None, Any]) -> dict[str, Any]:
    """One line as {"field", "value", "source", "source_url", "stated_on"}. Raises ValidationError."""
    text = {name: (line.get(name) or "").strip() for name in COLUMNS}
    known = FIELDS.get(text["field"])
    if known is None or line.get(None):
        raise ValidationError(_("“%(name)s” is no field of the dossier"), params={"name": text["field"]})
    stated_on = forms.DateField(input_formats=["%Y-%m-%d"]).clean(text["stated_on"])
    if stated_on > timezone.localdate():
        raise ValidationError(_("This day lies ahead"))
    value = to_store(known, _value(known, text["value"]))
    if value is None:
        raise ValidationError(_("The value is empty"))
    return {
        "field": known.name,
        "value": value,
        "source": forms.CharField(max_length=200).clean(text["source"]),
        "source_url": forms.URLField(
            required=False, assume_scheme="https", validators=[WEB], max_length=500
        ).clean(text["source_url"]),
        "stated_on": stated_on,
    }


def _value(known: Field, text: str) -> Any:
    """A cell as its question takes it: several values stand in one cell with semicolons between them."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if known.kind == "choices":
        return form_field(known).clean(parts)
    if known.kind in ("lines", "countries"):
        return form_field(known).clean("\n".join(parts))
    if known.kind == "date":
        return forms.DateField(input_formats=["%Y-%m-%d"]).clean(text)
    return form_field(known).clean(text)
