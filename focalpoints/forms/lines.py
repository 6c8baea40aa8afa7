from django import forms
from django.utils.translation import gettext_lazy as _


class LinesField(forms.CharField):
    """A list of short texts, one a line; blank lines do not count."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, *, line_length: int = 200, **kwargs):
        super().__init__(required=False, **kwargs)
        self.line_length = line_length

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value) -> list[str]:  # type: ignore[override]
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def validate(self, value) -> None:
        if any(len(line) > self.line_length for line in value):
            raise forms.ValidationError(
                _("Keep each line under %(length)d characters."), params={"length": self.line_length}
            )

    def has_changed(self, initial, data) -> bool:
        return (initial or []) != self.to_python(data)
