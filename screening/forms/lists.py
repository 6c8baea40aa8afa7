from django import forms
from django.utils.translation import gettext_lazy as _

MAX_UPLOAD = 400 * 1024 * 1024


class ListUploadForm(forms.Form):
    file = forms.FileField(
        label=_("File of the list"), help_text=_("As the publisher offers it, unchanged. 400 MB at most.")
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 400 MB."))
        return file
