from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnerships.models import Company
from portal.models import User


class ListSource(models.Model):
    """A published sanctions, debarment or exclusion list.

    Loaded from `screening/data/sources.yaml` or added by an administrator; `is_required` and
    `stale_after_days` are the operator's.
    """

    class Kind(models.TextChoices):
        SANCTIONS = "sanctions", _("Sanctions")
        DEBARMENT = "debarment", _("Debarment")
        EXCLUSION = "exclusion", _("Exclusion")
        STANDING = "standing", _("Standing in a programme")
        DEMONSTRATION = "demonstration", _("Demonstration, fictional")

    code = models.CharField(max_length=30, primary_key=True)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=120)
    kind = models.CharField(max_length=15, choices=Kind)
    importer = models.CharField(
        max_length=30, help_text="Family of `screening.lists.importers` that reads it."
    )
    mapping = models.JSONField(
        default=dict,
        blank=True,
        help_text="Of a table: which column holds what, screening.lists.mapped_csv.parse_with.",
    )
    url = models.URLField(
        blank=True, help_text="Where the publisher keeps the file; the only address fetched."
    )
    hosts = models.CharField(
        max_length=300, blank=True, help_text="Other hosts that the address may lead to, with blanks between."
    )
    fetch_every_hours = models.PositiveSmallIntegerField(default=24)
    is_confidential = models.BooleanField(
        default=False, help_text="Only reviewers see its entries; the API leaves them out for others."
    )
    page_url = models.URLField(blank=True, help_text="The publisher's page about the list.")
    criterion = models.CharField(
        max_length=20,
        blank=True,
        help_text='Criterion that a true match meets: "E-SAN-01". Empty: for a reviewer to weigh.',
    )
    stale_after_days = models.PositiveSmallIntegerField(default=7)
    is_required = models.BooleanField(
        default=False, help_text="Without a fresh version of this list no screening is complete."
    )
    expected_low = models.PositiveIntegerField(null=True, help_text="Fewest entries that are believed.")
    expected_high = models.PositiveIntegerField(null=True, help_text="Most entries that are believed.")
    licence = models.CharField(max_length=200, blank=True)
    is_own = models.BooleanField(
        default=False, help_text="Added or changed here: a new release of the software leaves it alone."
    )
    etag = models.CharField(max_length=200, blank=True, help_text="Of the last file fetched.")
    last_modified = models.CharField(max_length=60, blank=True, help_text="Of the last file fetched.")

    class Meta:
        ordering = ["kind", "code"]
        permissions = [("manage_lists", "Can import lists")]
        constraints = [
            CheckConstraint(
                name="list_kind_known",
                condition=Q(kind__in=["sanctions", "debarment", "exclusion", "standing", "demonstration"]),
            ),
            CheckConstraint(
                name="list_fetched_at_most_hourly", condition=Q(fetch_every_hours__range=(1, 24 * 7))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def screens(self) -> bool:
        """Are companies compared with it? A table of standings is not a list of parties to avoid."""
        return self.kind != self.Kind.STANDING


class VersionStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    REFUSED = "refused", _("Refused")
    SERVING = "serving", _("In use")
    RETIRED = "retired", _("Replaced")


VERSION_MOVES: dict[str, set[str]] = {
    VersionStatus.RECEIVED: {VersionStatus.REFUSED, VersionStatus.SERVING},
    VersionStatus.REFUSED: {VersionStatus.SERVING},
    VersionStatus.SERVING: {VersionStatus.RETIRED},
    VersionStatus.RETIRED: set(),
}


class ListVersion(models.Model):
    """One file of a list, kept as it came. At most one version of a list serves at a time.

    Entries are kept for the serving version and the one before; the file brings any other back.
    """

    source = models.ForeignKey(ListSource, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.RECEIVED)
    file = models.FileField(upload_to="lists/", max_length=200)
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    published_on = models.DateField(null=True, help_text="The publisher's own date.")
    is_fetched = models.BooleanField(default=False, help_text="Came from the publisher's address.")
    as_of = models.DateTimeField(
        default=timezone.now,
        help_text="Last moment at which this was known to be the publisher's current file. For a file handed "
        "in by a person that is the publisher's date, where the file states one.",
    )
    received_at = models.DateTimeField(default=timezone.now)
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    served_at = models.DateTimeField(null=True)
    person_count = models.PositiveIntegerField(default=0)
    organization_count = models.PositiveIntegerField(default=0)
    other_count = models.PositiveIntegerField(default=0)
    name_count = models.PositiveIntegerField(default=0)
    added_count = models.PositiveIntegerField(default=0)
    removed_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    findings = models.JSONField(
        default=list,
        help_text='[{"severity", "code", "sentence", "values", "place"}], see lists.model.Finding',
    )
    override_note = models.TextField(blank=True, help_text="Why a person let it serve in spite of findings.")
    override_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["source", "-number"]
        constraints = [
            UniqueConstraint(fields=["source", "number"], name="list_version_number_once"),
            UniqueConstraint(
                fields=["source"], name="one_serving_version", condition=Q(status=VersionStatus.SERVING)
            ),
            CheckConstraint(name="list_version_status_known", condition=Q(status__in=VersionStatus.values)),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} v{self.number}"

    @property
    def entry_count(self) -> int:
        return self.person_count + self.organization_count + self.other_count


class EntryKind(models.TextChoices):
    PERSON = "person", _("Person")
    ORGANIZATION = "organization", _("Organization")
    VESSEL = "vessel", _("Vessel")
    AIRCRAFT = "aircraft", _("Aircraft")
    UNKNOWN = "unknown", _("Not stated")


class ListEntry(models.Model):
    """One subject of a list version, with every name and fact as published.

    `content` is `screening.lists.model.Entry` as JSON; `fingerprint` is the hash of it, so that two
    versions can be told apart entry by entry.
    """

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="entries")
    source_id = models.CharField(max_length=80, help_text="The publisher's own id.")
    kind = models.CharField(max_length=15, choices=EntryKind)
    name = models.CharField(max_length=500, help_text="Primary name.")
    content = models.JSONField()
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [UniqueConstraint(fields=["version", "source_id"], name="list_entry_once")]
        verbose_name_plural = "list entries"

    def __str__(self) -> str:
        return self.name


class ListEntryKeys(models.Model):
    """What the names of an entry are found by: the lasting form of what an index file is built of.

    `names` are `screening.names.index.NameKeys`, packed, by the code of `made_by` (its KEYS_VERSION).
    """

    entry = models.OneToOneField(ListEntry, models.CASCADE, primary_key=True, related_name="keys")
    made_by = models.CharField(max_length=20)
    names = models.BinaryField()

    class Meta:
        verbose_name_plural = "keys of list entries"

    def __str__(self) -> str:
        return f"{self.entry_id} by {self.made_by}"


class ListChange(models.Model):
    """One entry that a version added, removed or changed against the version served before it."""

    class Kind(models.TextChoices):
        ADDED = "added", _("Added")
        REMOVED = "removed", _("Removed")
        CHANGED = "changed", _("Changed")

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind)
    source_id = models.CharField(max_length=80)
    name = models.CharField(max_length=500)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [UniqueConstraint(fields=["version", "source_id"], name="list_change_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class ListDifference(models.Model):
    """The companies compared with what a version changed against the one before, and with nothing else.

    Once it is finished, a run against the version before holds for this one too, unless the company is
    among the affected: those are screened anew.
    """

    version = models.OneToOneField(ListVersion, models.CASCADE, related_name="difference")
    before = models.ForeignKey(ListVersion, models.CASCADE, related_name="+")
    matcher = models.CharField(max_length=40)
    part_count = models.PositiveIntegerField(help_text="Jobs that compare at most 500 changed entries each.")
    parts_done = models.PositiveIntegerField(default=0)
    affected = models.ManyToManyField(Company, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                name="difference_parts_within_count", condition=Q(parts_done__lte=models.F("part_count"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.before} to {self.version}"
