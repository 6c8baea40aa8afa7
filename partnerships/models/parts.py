"""The rows of a record: what each party brings, what is measured, what was learned, how it was checked."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models.dates import PartialDateField
from partnerships.models.partnerships import Partnership
from partnerships.models.vocabulary import Bound, ContributionKind, LessonHeading, ValuationMethod
from portal.models import Country, User

SDG_INDICATOR = r"^\d{1,2}\.[0-9a-z]{1,2}\.\d{1,2}$"


class Contribution(models.Model):
    """What a party brings. Cash and in-kind are never summed without their label."""

    class Status(models.TextChoices):
        PLEDGED = "pledged", _("Pledged")
        AGREED = "agreed", _("Agreed")
        RECEIVED = "received", _("Received")
        CANCELLED = "cancelled", _("Cancelled")
        PLANNED = "planned", _("Planned, not counted")
        STATED = "stated", _("Stated in the source")

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="contributions")
    kind = models.CharField(_("kind"), max_length=20, choices=ContributionKind)
    giver = models.CharField(_("giver"), max_length=200, blank=True)
    receiver = models.CharField(_("receiver"), max_length=200, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    usd_value = models.DecimalField(_("about USD"), max_digits=18, decimal_places=2, null=True, blank=True)
    rate_on = models.DateField(_("day of the exchange rate"), null=True, blank=True)
    valuation_method = models.CharField(
        _("how it was valued"), max_length=15, choices=ValuationMethod, blank=True
    )
    bound = models.CharField(_("how exact"), max_length=10, choices=Bound, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    is_earmarked = models.BooleanField(_("earmarked"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    as_of = PartialDateField(_("as of"))
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLEDGED)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            CheckConstraint(name="contribution_kind_known", condition=Q(kind__in=ContributionKind.values)),
            CheckConstraint(name="contribution_amount_positive", condition=Q(amount=None) | Q(amount__gt=0)),
            CheckConstraint(
                name="contribution_amount_has_currency",
                condition=Q(amount=None) | Q(currency__regex="^[A-Z]{3}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount or ''} {self.currency}".strip()


class Indicator(models.Model):
    """What shows that a partnership works: inputs are never shown as results."""

    class Level(models.TextChoices):
        INPUT = "input", _("Input")
        OUTPUT = "output", _("Output")
        OUTCOME = "outcome", _("Outcome")
        IMPACT = "impact", _("Impact")

    class Direction(models.TextChoices):
        UP = "up", _("More")
        DOWN = "down", _("Less")

    class Disaggregation(models.TextChoices):
        SEX = "sex", _("Sex")
        AGE = "age", pgettext_lazy("of people", "Age")
        DISABILITY = "disability", _("Disability")
        PLACE = "place", _("Place")
        INCOME = "income", _("Income")

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="indicators")
    name = models.CharField(_("indicator"), max_length=200)
    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.OUTPUT)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    baseline = models.DecimalField(_("baseline"), max_digits=18, decimal_places=2, null=True, blank=True)
    baseline_on = PartialDateField(_("date of the baseline"))
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=2, null=True, blank=True)
    target_on = PartialDateField(_("date of the target"))
    direction = models.CharField(_("better is"), max_length=4, choices=Direction, default=Direction.UP)
    actual = models.DecimalField(_("actual"), max_digits=18, decimal_places=2, null=True, blank=True)
    bound = models.CharField(_("how exact"), max_length=10, choices=Bound, blank=True)
    as_of = PartialDateField(_("as of"))
    sdg_indicator = models.CharField(
        _("SDG indicator"),
        max_length=10,
        blank=True,
        validators=[RegexValidator(SDG_INDICATOR, _("Enter the number of an SDG indicator, such as 8.5.2"))],
    )
    disaggregation = ArrayField(
        models.CharField(max_length=10, choices=Disaggregation),
        verbose_name=_("told apart by"),
        default=list,
        blank=True,
    )
    source = models.CharField(_("source of the figures"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            CheckConstraint(
                name="indicator_level_known",
                condition=Q(level__in=["input", "output", "outcome", "impact"]),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Milestone(models.Model):
    """A dated line of the timeline that is not a change of status: first approach, signature, renewal."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="milestones")
    on = PartialDateField(_("date"))
    text = models.CharField(_("what happened"), max_length=200)

    class Meta:
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.on} {self.text}"


class Translation(models.Model):
    """Title and summary of a record in another language."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="translations")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"))

    class Meta:
        ordering = ["id"]
        constraints = [
            UniqueConstraint(fields=["partnership", "language"], name="partnership_translated_once")
        ]

    def __str__(self) -> str:
        return self.title


class UNCost(models.Model):
    """What taking part costs a UN entity: staff days, money or both."""

    class Kind(models.TextChoices):
        STAFF = "staff", _("Staff")
        TRAVEL = "travel", _("Travel")
        LEGAL = "legal", _("Legal work")
        SCREENING = "screening", _("Screening")
        MONITORING = "monitoring", _("Monitoring and evaluation")
        OTHER = "other", _("Other")

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="un_costs")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.STAFF)
    staff_days = models.DecimalField(_("staff days"), max_digits=8, decimal_places=1, null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = "UN cost"
        constraints = [
            CheckConstraint(
                name="un_cost_amount_has_currency",
                condition=Q(amount=None) | Q(currency__regex="^[A-Z]{3}$"),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Measurement(models.Model):
    """A value of an indicator on a day. The latest is the indicator's `actual`."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="measurements")
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=2)
    on = PartialDateField(_("date"))
    by = models.CharField(_("measured by"), max_length=120, blank=True)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    comment = models.CharField(_("comment"), max_length=300, blank=True)

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            CheckConstraint(name="measurement_dated", condition=~Q(on="")),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.value}"


class Lesson(models.Model):
    """What others can learn from a record, under one heading."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="lesson_rows")
    heading = models.CharField(_("about"), max_length=20, choices=LessonHeading, default=LessonHeading.OTHER)
    text = models.TextField(_("lesson"))

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.get_heading_display())


class Source(models.Model):
    """A document that a record rests on: what it is and where it can be read."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="sources")
    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("address"), max_length=500, blank=True)
    place = models.CharField(_("page or paragraph"), max_length=80, blank=True)
    is_public = models.BooleanField(_("shown to the public"), default=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class SelfCheck(models.Model):
    """One of the three checks of a record at one moment. `answers` is {item: {"mark": int, "note": str}}.

    A mark is 1 to 4 for the characteristics, 1 for yes and 0 for no for the two others. The items are
    in `partnerships.selfchecks`. The transformational one counts only once the registry desk has read it.
    """

    class Kind(models.TextChoices):
        CHARACTERISTICS = "characteristics", _("Characteristics of a good partnership")
        TRANSFORMATIONAL = "transformational", _("Transformational")
        REGISTRATION = "registration", _("Criteria of registration")

    class Moment(models.TextChoices):
        DESIGN = "design", _("At the design")
        MIDTERM = "midterm", _("Halfway")
        END = "end", _("At the end")

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="self_checks")
    kind = models.CharField(max_length=20, choices=Kind)
    moment = models.CharField(max_length=10, choices=Moment, default=Moment.DESIGN)
    answers = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            UniqueConstraint(fields=["partnership", "kind", "moment"], name="self_check_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_moment_display()}"
