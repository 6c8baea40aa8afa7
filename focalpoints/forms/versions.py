from typing import cast

from django import forms
from django.http import QueryDict


def renew_version(form: forms.BaseForm, version: int) -> None:
    """After a conflict: keep the typed words and let the next save write over what is there now."""
    data = cast(QueryDict, form.data).copy()
    data["version"] = str(version)
    form.data = data
