from functools import cache

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Exists, F, Func, OuterRef, Q, UniqueConstraint
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from focalpoints.models import FocalPoint, OfficeLevel, UNEntity
from partnerships.models.companies import Company, PartnerKind
from partnerships.models.dates import PARTIAL_DATE, PartialDateField, year_of
from partnerships.models.vocabulary import (
    AgreementKind,
    Confidence,
    EvaluationKind,
    FinancingModel,
    Framework,
    Modality,
    Origin,
    PartnershipType,
    Purpose,
    RecordKind,
    Scope,
    UNRole,
    Verdict,
    Withholdable,
)
from partnerships.models.vocabulary import ContributionKind as ContributionKind  # offers name it from here
from portal.models import Country, Region, Sector, Target, User
from portal.themes import Theme


class PartnershipStatus(models.TextChoices):
    IDEA = "idea", _("Idea")
    SCREENING = "screening", _("Screening")
    DESIGN = "design", _("Design")
    AGREEMENT = "agreement", _("Agreement")
    ACTIVE = "active", _("Active")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")
    ON_HOLD = "on_hold", _("On hold")
    ABANDONED = "abandoned", _("Abandoned")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    NOT_ELIGIBLE = "not_eligible", _("Not eligible")


_S = PartnershipStatus
PARTNERSHIP_MOVES: dict[str, set[str]] = {
    _S.IDEA: {_S.SCREENING, _S.ABANDONED, _S.WITHDRAWN, _S.NOT_ELIGIBLE},
    _S.SCREENING: {_S.DESIGN, _S.IDEA, _S.ABANDONED, _S.WITHDRAWN, _S.NOT_ELIGIBLE},
    _S.DESIGN: {_S.AGREEMENT, _S.SCREENING, _S.ABANDONED, _S.WITHDRAWN, _S.NOT_ELIGIBLE},
    _S.AGREEMENT: {_S.ACTIVE, _S.DESIGN, _S.ABANDONED, _S.WITHDRAWN, _S.NOT_ELIGIBLE},
    _S.ACTIVE: {_S.CLOSING, _S.ON_HOLD, _S.WITHDRAWN},
    _S.CLOSING: {_S.CLOSED, _S.ACTIVE, _S.WITHDRAWN},
    _S.ON_HOLD: {_S.ACTIVE, _S.CLOSING, _S.ABANDONED, _S.WITHDRAWN},
    _S.CLOSED: {_S.WITHDRAWN},
    _S.ABANDONED: {_S.WITHDRAWN},
    _S.WITHDRAWN: set(),
    _S.NOT_ELIGIBLE: {_S.WITHDRAWN},
}


class Visibility(models.TextChoices):
    DRAFT = "draft", _("Draft, its authors only")
    UN_SYSTEM = "un_system", _("UN system")
    PUBLIC = "public", _("Public")


class _Listed(Func):
    """A column of the rows that belong to a record, as an array. As a template, since a list needs three of
    them on every page and each `ArraySubquery` takes Django a millisecond to write down."""

    def __init__(self, rows: str, output_field: models.Field):
        template = f"ARRAY(SELECT {rows.replace('RECORD', '%(expressions)s')})"
        super().__init__(F("pk"), template=template, output_field=ArrayField(output_field))


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    def for_list(self):
        """With the codes of who, where and which goals, so that a list of rows is one query."""
        return self.annotate(
            entity_codes=_Listed(
                "entity_id FROM partnerships_partnershipentity WHERE partnership_id = RECORD ORDER BY id",
                models.CharField(),
            ),
            country_codes=_Listed(
                "country_id FROM partnerships_partnership_countries WHERE partnership_id = RECORD ORDER BY 1",
                models.CharField(),
            ),
            goal_numbers=_Listed(
                "DISTINCT t.goal_id FROM partnerships_partnership_targets JOIN portal_target t "
                "ON t.code = target_id WHERE partnership_id = RECORD ORDER BY 1",
                models.IntegerField(),
            ),
        )

    def for_rows(self):
        """The same with no more of each record than a row shows: of its 90 fields a dozen."""
        return self.for_list().only(
            "reference", "title", "summary", "scope", "start", "end", "status", "status_as_of", "is_imported"
        )

    def visible_to(self, user):
        """Public records for everybody; UN-system ones for UN users; drafts for their entity and the desk."""
        if not user.is_authenticated:
            return self.filter(visibility=Visibility.PUBLIC)
        if user.has_perm("partnerships.review_partnership"):
            return self
        if not user.has_perm("partnerships.view_inside"):
            return self.filter(visibility=Visibility.PUBLIC)
        return self.filter(
            Q(visibility__in=[Visibility.PUBLIC, Visibility.UN_SYSTEM])
            | Q(created_by=user)
            | Exists(_of_user_entities(user))
        )

    def editable_by(self, user):
        """The registry desk edits every record; a focal point those of an entity they work for."""
        if user.has_perm("partnerships.review_partnership"):
            return self
        if not user.has_perm("partnerships.register_partnership"):
            return self.none()
        return self.filter(Q(created_by=user) | Exists(_of_user_entities(user)))


def _of_user_entities(user):
    return PartnershipEntity.objects.filter(
        partnership=OuterRef("pk"), entity__focal_points__user=user, entity__focal_points__left_on=None
    )


class Partnership(models.Model):
    """A record of the registry: a partnership or initiative between UN entities and business."""

    # What it is
    reference = models.CharField(max_length=20, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    short_title = models.CharField(_("short title"), max_length=60, blank=True)
    record_kind = models.CharField(
        _("kind of record"), max_length=20, choices=RecordKind, default=RecordKind.PARTNERSHIP
    )
    language = models.CharField(
        _("language of the record"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("umbrella it belongs to"),
    )
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("what came before it"),
    )
    replication_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replications",
        verbose_name=_("what it was modelled on"),
    )
    summary = models.TextField(_("summary"))
    problem = models.TextField(_("problem it tackles"), blank=True)
    approach = models.TextField(_("approach"), blank=True)
    un_added_value = models.TextField(_("what the United Nations adds"), blank=True)
    business_case = models.TextField(_("why it makes sense for the company"), blank=True)
    local_needs_link = models.TextField(_("local needs it answers"), blank=True)
    mandate = models.CharField(_("mandate or resolution it serves"), max_length=300, blank=True)
    further_note = models.TextField(_("also stated"), blank=True)
    came_from = models.CharField(_("how the partners met"), max_length=200, blank=True)

    # How it is classed
    partnership_type = models.CharField(_("type"), max_length=20, choices=PartnershipType)
    type_details = models.JSONField(default=dict, blank=True, help_text="{key of TYPE_QUESTIONS: answer}")
    purposes = ArrayField(
        models.CharField(max_length=30, choices=Purpose), verbose_name=_("purposes"), default=list
    )
    modalities = ArrayField(
        models.CharField(max_length=30, choices=Modality), verbose_name=_("form"), default=list, blank=True
    )
    financing_model = models.CharField(_("financing"), max_length=30, choices=FinancingModel, blank=True)
    themes = ArrayField(
        models.CharField(max_length=30, choices=Theme), verbose_name=_("themes"), default=list, blank=True
    )
    targets = models.ManyToManyField(
        Target, blank=True, related_name="partnerships", verbose_name=_("SDG targets")
    )
    primary_target = models.ForeignKey(
        Target, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("main SDG target")
    )
    mdgs = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    frameworks = ArrayField(
        models.CharField(max_length=30, choices=Framework),
        verbose_name=_("other frameworks"),
        default=list,
        blank=True,
    )
    framework_note = models.CharField(_("part of the framework"), max_length=300, blank=True)

    # Where and when
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.NATIONAL)
    countries = models.ManyToManyField(
        Country, blank=True, related_name="partnerships", verbose_name=_("countries")
    )
    unnamed_country_count = models.PositiveSmallIntegerField(
        _("further countries, counted but not named"), null=True, blank=True
    )
    regions = models.ManyToManyField(
        Region, blank=True, related_name="partnerships", verbose_name=_("regions")
    )
    place_note = models.CharField(_("place, in words"), max_length=300, blank=True)
    ldc_share = models.DecimalField(
        _("share for least developed countries"), max_digits=4, decimal_places=3, null=True, blank=True
    )
    idea_on = PartialDateField(_("date of the idea"))
    start = PartialDateField(_("start"))
    end = PartialDateField(_("end"))
    start_year = year_of("start")
    is_open_ended = models.BooleanField(_("no end date foreseen"), default=False)
    date_note = models.CharField(_("note on dates"), max_length=200, blank=True)

    # Who
    entities = models.ManyToManyField(UNEntity, through="PartnershipEntity", related_name="partnerships")
    focal_points = models.ManyToManyField(
        FocalPoint, blank=True, related_name="partnerships", verbose_name=_("focal points")
    )
    un_role_note = models.TextField(_("how the roles of the United Nations are kept apart"), blank=True)

    # Is it worth it
    expected_benefits = models.TextField(_("expected benefits"), blank=True)
    expected_costs = models.TextField(_("expected costs"), blank=True)
    transaction_cost_days = models.PositiveIntegerField(_("staff days to arrange it"), null=True, blank=True)
    alternatives = models.TextField(_("what else could be done"), blank=True)
    un_presence_needed = models.BooleanField(_("does it need the United Nations"), null=True, blank=True)
    benefits_outweigh = models.BooleanField(_("benefits outweigh costs"), null=True, blank=True)
    balance_conclusion = models.TextField(_("conclusion in words"), blank=True)
    balance_made_on = models.DateField(_("concluded on"), null=True, blank=True)
    balance_made_by_role = models.CharField(_("concluded by (role)"), max_length=120, blank=True)

    # What was agreed, in short; the documents are rows of Agreement
    agreement_kind = models.CharField(
        _("kind of agreement"), max_length=30, choices=AgreementKind, blank=True
    )
    agreement_signed = PartialDateField(_("agreement signed"))
    agreement_note = models.CharField(_("terms in a few words"), max_length=200, blank=True)
    informal_note = models.TextField(_("why there is no signed agreement"), blank=True)

    # Evaluation and what remains
    evaluation_plan = models.TextField(_("evaluation plan"), blank=True)
    evaluation_kind = models.CharField(
        _("kind of evaluation"), max_length=15, choices=EvaluationKind, blank=True
    )
    evaluation_due = PartialDateField(_("evaluation due"))
    evaluation_budget_usd = models.DecimalField(
        _("budget of the evaluation, USD"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    evaluation_findings = models.TextField(_("findings of the evaluation"), blank=True)
    no_evaluation_reason = models.TextField(_("why there was no evaluation"), blank=True)
    stakeholders_heard = models.TextField(_("who was heard"), blank=True)
    evaluation_decision = models.CharField(
        _("decision after the evaluation"), max_length=10, choices=Verdict, blank=True
    )
    evaluation_published = models.BooleanField(_("the evaluation is published"), default=False)
    benefits_after_end = models.TextField(_("what lasts after the end"), blank=True)
    handover = models.TextField(_("who takes over, and how"), blank=True)
    local_owner = models.CharField(_("local owner"), max_length=200, blank=True)
    end_decision = models.TextField(_("decision to end"), blank=True)
    final_report = models.TextField(_("final report"), blank=True)
    lessons = models.TextField(_("lessons learned"), blank=True)

    status = models.CharField(
        _("status"), max_length=15, choices=PartnershipStatus, default=PartnershipStatus.IDEA
    )
    status_as_of = PartialDateField(_("status known as of"))
    status_note = models.CharField(_("phase, in a few words"), max_length=200, blank=True)
    visibility = models.CharField(
        _("visibility"), max_length=10, choices=Visibility, default=Visibility.DRAFT
    )
    public_since = models.DateTimeField(null=True)
    withheld_fields = ArrayField(
        models.CharField(max_length=20, choices=Withholdable),
        verbose_name=_("withheld from the public"),
        default=list,
        blank=True,
    )
    withheld_reason = models.CharField(_("why it is withheld"), max_length=300, blank=True)
    next_report_on = models.DateField(
        null=True, blank=True, help_text="Last day of the report that is due next; empty where none is."
    )
    origin = models.CharField(_("origin"), max_length=15, choices=Origin, default=Origin.ENTITY)
    confidence = models.CharField(_("confidence"), max_length=10, choices=Confidence, blank=True)
    import_batch = models.ForeignKey(
        "RecordImport", models.PROTECT, null=True, blank=True, related_name="records"
    )
    is_imported = models.BooleanField(
        default=False, help_text="From the archive; rules for new records were waived."
    )
    inferred_fields = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    source_document = models.CharField(max_length=40, blank=True)
    source_place = models.CharField(max_length=80, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                name="partnership_status_known", condition=Q(status__in=PartnershipStatus.values)
            ),
            CheckConstraint(
                name="partnership_type_known", condition=Q(partnership_type__in=PartnershipType.values)
            ),
            CheckConstraint(
                name="partnership_ldc_share_is_share",
                condition=Q(ldc_share=None) | Q(ldc_share__gte=0, ldc_share__lte=1),
            ),
            CheckConstraint(
                name="partnership_withheld_for_a_reason",
                condition=Q(withheld_fields=[]) | ~Q(withheld_reason=""),
            ),
            CheckConstraint(
                name="partnership_not_its_own_relative",
                condition=~Q(parent=F("pk")) & ~Q(predecessor=F("pk")) & ~Q(replication_of=F("pk")),
            ),
            CheckConstraint(name="partnership_start_shape", condition=Q(start__regex=PARTIAL_DATE)),
            CheckConstraint(name="partnership_end_shape", condition=Q(end__regex=PARTIAL_DATE)),
            CheckConstraint(
                name="partnership_agreement_signed_shape", condition=Q(agreement_signed__regex=PARTIAL_DATE)
            ),
            CheckConstraint(
                name="partnership_public_since",
                condition=~Q(visibility=Visibility.PUBLIC) | Q(public_since__isnull=False),
            ),
        ]
        permissions = [
            ("register_partnership", "Can register partnerships of the own entity"),
            ("review_partnership", "Can edit and publish every partnership"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The address people read. The one with the reference alone stays for good and leads here."""
        if slug := self.slug:
            return _page_address().replace("REFERENCE", self.reference).replace("SLUG", slug)
        return reverse("partnerships:partnership_detail", args=[self.reference])

    @property
    def slug(self) -> str:
        """The title as it stands in the address; "" where it has no Latin letters."""
        return slugify(self.title)[:80].strip("-")


@cache
def _page_address() -> str:
    """The form of it. A page of a list has 25, and to look one up takes Django twenty times as long."""
    return reverse("partnerships:partnership_page", args=["REFERENCE", "SLUG"])


class PartnershipEntity(models.Model):
    """A UN entity in a partnership, with its role and office."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="entity_roles")
    entity = models.ForeignKey(UNEntity, models.PROTECT, related_name="partnership_roles")
    role = models.CharField(_("role"), max_length=20, choices=UNRole, default=UNRole.LEAD)
    office_level = models.CharField(_("office"), max_length=10, choices=OfficeLevel, default=OfficeLevel.HQ)
    office_country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("country of the office"),
    )
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            UniqueConstraint(fields=["partnership", "entity"], name="partnership_entity_once"),
            CheckConstraint(name="partnership_entity_role_known", condition=Q(role__in=UNRole.values)),
        ]


class PartnershipParty(models.Model):
    """A partner outside the UN: a company of the registry, or a description where none is named."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="parties")
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="party_in")
    description = models.CharField(_("unnamed partner, described"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=PartnerKind, default=PartnerKind.COMPANY)
    role = models.CharField(_("role"), max_length=120, blank=True)
    responsibilities = models.TextField(_("responsibilities"), blank=True)
    interests = models.TextField(_("what it wants from the partnership"), blank=True)
    joined = PartialDateField(_("joined"))
    left = PartialDateField(_("left"))
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "partnership parties"
        constraints = [
            UniqueConstraint(
                fields=["partnership", "company"],
                name="partnership_company_once",
                condition=Q(company__isnull=False),
            ),
            CheckConstraint(
                name="party_named_or_described", condition=Q(company__isnull=False) | ~Q(description="")
            ),
        ]

    def __str__(self) -> str:
        return self.company.name if self.company else self.description
