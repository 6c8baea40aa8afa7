from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, UniqueConstraint
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from focalpoints.models import OfficeLevel, UNEntity
from partnerships.models.companies import Company, PartnerKind
from partnerships.models.dates import PARTIAL_DATE, PartialDateField, year_of
from portal.models import Country, Sector, Target, User
from portal.themes import Theme


class PartnershipType(models.TextChoices):
    """Source: A/66/320, paras. 8–10."""

    CORE_BUSINESS = "core_business", _("Core business and value chain")
    SOCIAL_INVESTMENT = "social_investment", _("Social investment and philanthropy")
    ADVOCACY_POLICY = "advocacy_policy", _("Advocacy and public policy")


class Purpose(models.TextChoices):
    """Source: A/58/227, para. 14 (a)–(f)."""

    POLICY_DIALOGUE = "policy_dialogue", _("Policy dialogue")
    ADVOCACY = "advocacy", _("Advocacy")
    PRIVATE_FUNDS = "private_funds", _("Mobilizing private funds")
    INFORMATION_LEARNING = "information_learning", _("Information and learning")
    OPERATIONAL_DELIVERY = "operational_delivery", _("Operational delivery")
    PARTNERSHIP_PROMOTION = "partnership_promotion", _("Partnership promotion")


class Modality(models.TextChoices):
    """The form a partnership takes. Source: A/66/320, sects. II–IV; A/58/227, paras. 13 and 88."""

    TRANSFORMATIONAL = "transformational", _("Transformational")
    INNOVATIVE_FINANCING = "innovative_financing", _("Innovative financing")
    INCLUSIVE_BOTTOM_UP = "inclusive_bottom_up", _("Inclusive, from the bottom up")
    WOMEN = "women", _("Women’s skills and rights")
    HUMANITARIAN = "humanitarian", _("Humanitarian")
    MULTI_STAKEHOLDER = "multi_stakeholder", _("Multi-stakeholder")
    STAFF_EXCHANGE = "staff_exchange", _("Staff exchange")
    COLLECTIVE_ACTION = "collective_action", _("Collective action")
    ADVISORY_BODY = "advisory_body", _("Advisory body")
    PROJECT = "project", _("Project")
    STRATEGIC_GLOBAL = "strategic_global", _("Strategic and global")
    UMBRELLA = "umbrella", _("Umbrella")
    INTER_AGENCY = "inter_agency", _("Several UN entities together")


class AgreementKind(models.TextChoices):
    LETTER_OF_INTENT = "letter_of_intent", _("Letter of intent")
    MEMORANDUM = "memorandum", _("Memorandum of understanding")
    PARTNERSHIP_AGREEMENT = "partnership_agreement", _("Partnership agreement")
    CONTRIBUTION_AGREEMENT = "contribution_agreement", _("Contribution agreement")
    IN_KIND_AGREEMENT = "in_kind_agreement", _("In-kind agreement")
    PRO_BONO_AGREEMENT = "pro_bono_agreement", _("Pro bono agreement")
    SECONDMENT_AGREEMENT = "secondment_agreement", _("Secondment agreement")
    STAFF_EXCHANGE_AGREEMENT = "staff_exchange_agreement", _("Staff exchange agreement")
    CAUSE_MARKETING_AGREEMENT = "cause_marketing_agreement", _("Cause-related marketing agreement")
    LICENCE = "licence", _("Licence")
    INFORMAL = "informal", _("Informal")


# What a record of each type tells besides the common fields: {type: {key: question}}. The answers are
# texts in `Partnership.type_details`.
TYPE_QUESTIONS: dict[str, dict[str, Promise]] = {
    PartnershipType.CORE_BUSINESS: {
        "value_chain": _("Which part of the value chain does it change?"),
        "jobs": _("Which jobs or incomes does it create, and for whom?"),
        "access": _("Which products or services do poor people gain access to?"),
    },
    PartnershipType.SOCIAL_INVESTMENT: {
        "giving": _("What is given: money, goods, staff time, skills?"),
        "selection": _("How are those who benefit chosen?"),
        "visibility": _("What does the company say in public about its gift?"),
    },
    PartnershipType.ADVOCACY_POLICY: {
        "audience": _("Whom does it address?"),
        "issue": _("Which issue or policy is it about?"),
        "channel": _("Through which channels?"),
    },
}


class Scope(models.TextChoices):
    GLOBAL = "global", _("Worldwide")
    REGIONAL = "regional", _("Regional")
    NATIONAL = "national", _("National")
    LOCAL = "local", _("Local")


class RecordKind(models.TextChoices):
    PARTNERSHIP = "partnership", _("Partnership")
    INITIATIVE = "initiative", _("Initiative")
    PROGRAMME = "programme", _("Programme")
    EVENT_PLATFORM = "event_platform", _("Event platform")
    UMBRELLA = "umbrella", _("Umbrella")


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


def _codes(model: type[models.Model], column: str, *order: str) -> ArraySubquery:
    rows = model._default_manager.filter(partnership=OuterRef("pk"))
    return ArraySubquery(rows.order_by(*order, column).values(column))


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    def for_list(self):
        """With the codes of who, where and which goals, so that a list of rows is one query."""
        through_countries = self.model.countries.through
        through_targets = self.model.targets.through
        goals = (
            through_targets._default_manager.filter(partnership=OuterRef("pk"))
            .order_by("target__goal_id")
            .values("target__goal_id")
            .distinct()
        )
        return self.annotate(
            entity_codes=_codes(PartnershipEntity, "entity_id", "id"),
            country_codes=_codes(through_countries, "country_id"),
            goal_numbers=ArraySubquery(goals),
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

    reference = models.CharField(max_length=20, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    record_kind = models.CharField(
        _("kind of record"), max_length=20, choices=RecordKind, default=RecordKind.PARTNERSHIP
    )
    partnership_type = models.CharField(_("type"), max_length=20, choices=PartnershipType)
    purposes = ArrayField(
        models.CharField(max_length=30, choices=Purpose), verbose_name=_("purposes"), default=list
    )
    modalities = ArrayField(
        models.CharField(max_length=30, choices=Modality), verbose_name=_("form"), default=list, blank=True
    )
    type_details = models.JSONField(default=dict, blank=True, help_text="{key of TYPE_QUESTIONS: answer}")
    themes = ArrayField(
        models.CharField(max_length=30, choices=Theme), verbose_name=_("themes"), default=list, blank=True
    )
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.NATIONAL)
    countries = models.ManyToManyField(
        Country, blank=True, related_name="partnerships", verbose_name=_("countries")
    )
    place_note = models.CharField(_("place, in words"), max_length=300, blank=True)
    targets = models.ManyToManyField(
        Target, blank=True, related_name="partnerships", verbose_name=_("SDG targets")
    )
    mdgs = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    summary = models.TextField(_("summary"))
    entities = models.ManyToManyField(UNEntity, through="PartnershipEntity", related_name="partnerships")
    start = PartialDateField(_("start"))
    end = PartialDateField(_("end"))
    start_year = year_of("start")
    date_note = models.CharField(_("note on dates"), max_length=200, blank=True)
    came_from = models.CharField(_("how the partners met"), max_length=200, blank=True)
    further_note = models.TextField(_("also stated"), blank=True)
    is_open_ended = models.BooleanField(_("no end date foreseen"), default=False)
    expected_benefits = models.TextField(_("expected benefits"), blank=True)
    expected_costs = models.TextField(_("expected costs"), blank=True)
    benefits_outweigh = models.BooleanField(_("benefits outweigh costs"), null=True, blank=True)
    evaluation_plan = models.TextField(_("evaluation plan"), blank=True)
    agreement_kind = models.CharField(
        _("kind of agreement"), max_length=30, choices=AgreementKind, blank=True
    )
    agreement_signed = PartialDateField(_("agreement signed"))
    agreement_note = models.CharField(_("terms in a few words"), max_length=200, blank=True)
    informal_note = models.TextField(_("why there is no signed agreement"), blank=True)
    end_decision = models.TextField(_("decision to end"), blank=True)
    final_report = models.TextField(_("final report"), blank=True)
    lessons = models.TextField(_("lessons learned"), blank=True)
    evaluation_findings = models.TextField(_("findings of the evaluation"), blank=True)
    no_evaluation_reason = models.TextField(_("why there was no evaluation"), blank=True)

    status = models.CharField(
        _("status"), max_length=15, choices=PartnershipStatus, default=PartnershipStatus.IDEA
    )
    status_as_of = PartialDateField(_("status known as of"))
    status_note = models.CharField(max_length=200, blank=True)
    visibility = models.CharField(
        _("visibility"), max_length=10, choices=Visibility, default=Visibility.DRAFT
    )
    public_since = models.DateTimeField(null=True)
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


class UNRole(models.TextChoices):
    LEAD = "lead", _("Lead")
    FRAMEWORK_PROVIDER = "framework_provider", _("Framework provider")
    FACILITATOR_BROKER = "facilitator_broker", _("Facilitator or broker")
    IMPLEMENTER = "implementer", _("Implementer")
    BENEFICIARY = "beneficiary", _("Beneficiary")
    STEERING = "steering", _("Steering")
    COORDINATION = "coordination", _("Coordination")
    PARTICIPANT = "participant", _("Participant")


class PartnershipEntity(models.Model):
    """A UN entity in a partnership, with its role and office."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="entity_roles")
    entity = models.ForeignKey(UNEntity, models.PROTECT, related_name="partnership_roles")
    role = models.CharField(_("role"), max_length=20, choices=UNRole, default=UNRole.LEAD)
    office_level = models.CharField(_("office"), max_length=10, choices=OfficeLevel, default=OfficeLevel.HQ)
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


class ContributionKind(models.TextChoices):
    CASH = "cash", _("Cash")
    IN_KIND = "in_kind", _("In kind")
    IN_KIND_GOODS = "in_kind_goods", _("Goods")
    IN_KIND_SERVICES = "in_kind_services", _("Services")
    PRO_BONO = "pro_bono", _("Pro bono work")
    STAFF_TIME = "staff_time", _("Staff time")
    VOLUNTEERS = "volunteers", _("Volunteers")
    INVESTMENT = "investment", _("Investment")
    CORE_COMPETENCY = "core_competency", _("Core competency")
    MEDIA_SPACE = "media_space", _("Media space")
    LICENCE = "licence", _("Licence")
    EXPERTISE = "expertise", _("Expertise")
    COMMITMENT = "commitment", _("Commitment")


class Bound(models.TextChoices):
    EXACT = "", _("exactly")
    MORE_THAN = "more_than", _("more than")
    LESS_THAN = "less_than", _("less than")
    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")
    ABOUT = "about", _("about")


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
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    usd_value = models.DecimalField(_("about USD"), max_digits=18, decimal_places=2, null=True, blank=True)
    bound = models.CharField(max_length=10, choices=Bound, blank=True)
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

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="indicators")
    name = models.CharField(_("indicator"), max_length=200)
    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.OUTPUT)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    baseline = models.DecimalField(_("baseline"), max_digits=18, decimal_places=2, null=True, blank=True)
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=2, null=True, blank=True)
    actual = models.DecimalField(_("actual"), max_digits=18, decimal_places=2, null=True, blank=True)
    bound = models.CharField(max_length=10, choices=Bound, blank=True)
    as_of = PartialDateField(_("as of"))
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
