from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships.models.partnerships import Visibility
from portal.models import User


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded", _("Say what each column is")
    CHECKING = "running", _("Being checked")
    CHECKED = "checked", _("Checked, nothing loaded yet")
    LOADING = "sending", _("Being loaded")
    LOADED = "done", _("Loaded")
    UNDOING = "undoing", _("Being taken out again")
    UNDONE = "withdrawn", _("Undone")


_S = ImportStatus
IMPORT_MOVES: dict[str, set[str]] = {
    _S.UPLOADED: {_S.CHECKING},
    _S.CHECKING: {_S.CHECKED},
    _S.CHECKED: {_S.CHECKING, _S.LOADING},
    _S.LOADING: {_S.LOADED, _S.CHECKED},
    _S.LOADED: {_S.UNDOING},
    _S.UNDOING: {_S.UNDONE, _S.LOADED},
    _S.UNDONE: set(),
}
IMPORT_JOBS: dict[str, str] = {  # what works on a file in each state that passes by itself
    _S.CHECKING: "check_import",
    _S.LOADING: "load_import",
    _S.UNDOING: "undo_import",
}


class ImportQuerySet(models.QuerySet["RecordImport"]):
    def visible_to(self, user):
        """The own ones; all of them for the registry desk."""
        if user.has_perm("partnerships.review_partnership"):
            return self
        if not user.has_perm("partnerships.register_partnership"):
            return self.none()
        return self.filter(by=user)


class RecordImport(models.Model):
    """A file of records on its way into the registry: uploaded, mapped, checked, loaded, perhaps undone.

    `mapping` is {field of import_columns: heading of the file}; `problems` is a list of
    {"row", "column", "value", "message"}, row 1 being the heading, of every bad cell; `companies` one of
    {"name", "country", "lei", "company", "rows"}, "company" being "" for one that the load adds.
    """

    class Mode(models.TextChoices):
        ALL = "all", _("All rows or none")
        GOOD = "good", _("The good rows, without the bad ones")

    reference = models.CharField(max_length=20, unique=True, editable=False)
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    entity = models.ForeignKey(UNEntity, models.PROTECT, related_name="+", verbose_name=_("UN entity"))
    visibility = models.CharField(
        _("who sees the records"), max_length=10, choices=Visibility, default=Visibility.DRAFT
    )
    mode = models.CharField(_("what is loaded"), max_length=5, choices=Mode, default=Mode.ALL)
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.UPLOADED)
    row_count = models.PositiveIntegerField(default=0)
    bad_row_count = models.PositiveIntegerField(default=0)
    loaded_count = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    companies = models.JSONField(default=list)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(name="import_status_known", condition=Q(status__in=ImportStatus.values)),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.file_name}"

    @property
    def good_count(self) -> int:
        return self.row_count - self.bad_row_count
