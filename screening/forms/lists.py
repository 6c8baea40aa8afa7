from django import forms
from django.utils.translation import gettext_lazy as _

MAX_UPLOAD = 400 * 1024 * 1024


MAX_FILES = 10


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ListFilesField(forms.FileField):
    """One file of a list or all of them; cleans to a list of files."""

    widget = SeveralFiles

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(ListFilesField, self).clean(file, initial) for file in files or [None]]
        if len(cleaned) > MAX_FILES:
            raise forms.ValidationError(_("These are more files than any list has."))
        if sum(file.size for file in cleaned) > MAX_UPLOAD:
            raise forms.ValidationError(_("The files are larger than 400 MB."))
        return cleaned


class ListUploadForm(forms.Form):
    file = ListFilesField(
        label=_("File of the list"),
        help_text=_(
            "As the publisher offers it, unchanged. If the list comes as several files, choose them all or "
            "one archive (ZIP). 400 MB at most."
        ),
    )
