import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Exists, F, GeneratedField, OuterRef, Q, UniqueConstraint
from django.db.models.functions import Cast, NullIf, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models import OfficeLevel, UNEntity
from portal.models import Country, Sector, Target, User
from portal.themes import Theme

PARTIAL_DATE = r"^(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?$"


class PartialDateField(models.CharField):
    """A date as far as it is known: "", "2001", "2001-05" or "2001-05-17". Sorts as text."""

    def __init__(self, *args, **kwargs):
        kwargs |= {"max_length": 10, "blank": True}
        kwargs.setdefault(
            "validators",
            [RegexValidator(PARTIAL_DATE, _("Enter a year, a month as 2001-05, or a day as 2001-05-17."))],
        )
        super().__init__(*args, **kwargs)


def year_of(field: str) -> GeneratedField:
    return GeneratedField(
        expression=Cast(NullIf(Substr(field, 1, 4), models.Value("")), models.IntegerField()),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )


# --- companies --------------------------------------------------------------------------------------------


class PartnerKind(models.TextChoices):
    COMPANY = "company", _("Company")
    SME = "sme", _("Small or medium firm")
    FOUNDATION = "foundation", _("Foundation")
    BUSINESS_ASSOCIATION = "business_association", _("Business association")
    NGO = "ngo", _("Non-governmental organization")
    GOVERNMENT = "government", _("Government")
    LOCAL_AUTHORITY = "local_authority", _("Local authority")
    ACADEMIA = "academia", _("Academic institution")
    TRADE_UNION = "trade_union", _("Trade union")
    COMMUNITY = "community", _("Community")
    MEDIA = "media", _("Media")
    IGO = "igo", _("Intergovernmental organization")


class SizeClass(models.TextChoices):
    MICRO = "micro", _("Micro, under 10 people")
    SMALL = "small", _("Small, 10 to 49 people")
    MEDIUM = "medium", _("Medium, 50 to 249 people")
    LARGE = "large", _("Large, 250 people or more")


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, user):
        """UN users see every company, a business its own, everybody those of public records."""
        if user.has_perm("partnerships.view_inside"):
            return self
        on_record = Exists(
            PartnershipParty.objects.filter(company=OuterRef("pk"), partnership__visibility=Visibility.PUBLIC)
        )
        mine = Exists(CompanyMember.objects.filter(company=OuterRef("pk"), user_id=user.pk))
        return self.filter(on_record | mine) if user.is_authenticated else self.filter(on_record)

    def of_member(self, user):
        return self.filter(members__user=user)


class Company(models.Model):
    """A business sector organization, as far as the registry knows it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("legal name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=30, choices=PartnerKind, default=PartnerKind.COMPANY)
    country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("country of registration"),
        related_name="+",
    )
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True)
    lei = models.CharField(_("Legal Entity Identifier"), max_length=20, blank=True)
    website = models.URLField(_("website"), blank=True)
    founded_year = models.PositiveSmallIntegerField(_("year of foundation"), null=True, blank=True)
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, verbose_name=_("main activity"), related_name="+"
    )
    size_class = models.CharField(_("size"), max_length=10, choices=SizeClass, blank=True)
    address = models.CharField(_("registered address"), max_length=300, blank=True)
    about = models.TextField(_("what the company does"), blank=True)
    is_from_archive = models.BooleanField(
        default=False,
        help_text="Named by an archive record only: never screened until somebody works with it.",
    )
    is_demo = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Grows with each change of what is screened.")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "companies"
        constraints = [
            CheckConstraint(name="company_named", condition=~Q(name="")),
            UniqueConstraint(fields=["lei"], name="company_lei_once", condition=~Q(lei="")),
            CheckConstraint(name="company_kind_known", condition=Q(kind__in=PartnerKind.values)),
        ]
        indexes = [GinIndex(fields=["name"], name="company_name_trigrams", opclasses=["gin_trgm_ops"])]
        permissions = [
            ("manage_companies", "Can edit every company"),
            ("view_inside", "Can see records and companies that are not public"),
            ("make_offer", "Can create a company and make offers"),
        ]

    def __str__(self) -> str:
        return self.name


class CompanyName(models.Model):
    """Another name of a company. All of them are screened."""

    class Kind(models.TextChoices):
        TRADING = "trading", _("Trading name")
        FORMER = "former", _("Former name")
        OTHER_SCRIPT = "other_script", _("Name in another script")

    company = models.ForeignKey(Company, models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, default=Kind.TRADING)

    class Meta:
        constraints = [UniqueConstraint(fields=["company", "name"], name="company_name_once")]

    def __str__(self) -> str:
        return self.name


class CompanyPerson(models.Model):
    """An owner, director or parent of a company. All of them are screened."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        DIRECTOR = "director", _("Director")
        PARENT = "parent", _("Parent company")

    company = models.ForeignKey(Company, models.CASCADE, related_name="people")
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=10, choices=Role)
    is_organization = models.BooleanField(_("is an organization"), default=False)
    share_percent = models.DecimalField(
        _("share, per cent"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country")
    )
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                name="company_person_role_known", condition=Q(role__in=["owner", "director", "parent"])
            ),
            CheckConstraint(
                name="company_person_share",
                condition=Q(share_percent=None) | Q(share_percent__gt=0, share_percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CompanyMember(models.Model):
    """A business user who works for a company."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        EDITOR = "editor", _("Editor")

    company = models.ForeignKey(Company, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="company_memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.EDITOR)

    class Meta:
        constraints = [UniqueConstraint(fields=["company", "user"], name="company_member_once")]


# --- partnerships -------------------------------------------------------------------------------------------


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


class PartnershipQuerySet(models.QuerySet["Partnership"]):
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
    modalities = ArrayField(models.CharField(max_length=30), default=list, blank=True)
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
    is_open_ended = models.BooleanField(_("no end date foreseen"), default=False)
    expected_benefits = models.TextField(_("expected benefits"), blank=True)
    expected_costs = models.TextField(_("expected costs"), blank=True)
    benefits_outweigh = models.BooleanField(_("benefits outweigh costs"), null=True, blank=True)
    evaluation_plan = models.TextField(_("evaluation plan"), blank=True)
    informal_note = models.TextField(_("why there is no signed agreement"), blank=True)
    agreement_signed_on = models.DateField(_("agreement signed on"), null=True, blank=True)

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
    ABOUT = "about", _("about")


class Contribution(models.Model):
    """What a party brings. Cash and in-kind are never summed without their label."""

    class Status(models.TextChoices):
        PLEDGED = "pledged", _("Pledged")
        AGREED = "agreed", _("Agreed")
        RECEIVED = "received", _("Received")
        CANCELLED = "cancelled", _("Cancelled")
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
    country = models.ForeignKey(Country, models.PROTECT, null=True, blank=True, related_name="+")
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

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


# --- offers and needs ----------------------------------------------------------------------------------------


class Wanted(models.Model):
    """What an offer and a need have in common, so that one can be held against the other."""

    reference = models.CharField(max_length=20, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"))
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    contribution_kinds = ArrayField(
        models.CharField(max_length=20, choices=ContributionKind), verbose_name=_("kinds"), default=list
    )
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    themes = ArrayField(
        models.CharField(max_length=30, choices=Theme), verbose_name=_("themes"), default=list
    )
    targets = models.ManyToManyField(Target, blank=True, verbose_name=_("SDG targets"), related_name="+")
    countries = models.ManyToManyField(Country, blank=True, verbose_name=_("countries"), related_name="+")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class OfferStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    TRIAGE = "triage", _("Being read")
    CLARIFICATION = "clarification", _("Question to you")
    ROUTED = "routed", _("Passed to a UN office")
    RESERVED = "reserved", _("Reserved")
    MATCHED = "matched", _("Matched")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_O = OfferStatus
OFFER_MOVES: dict[str, set[str]] = {
    _O.DRAFT: {_O.SUBMITTED, _O.WITHDRAWN, _O.EXPIRED},
    _O.SUBMITTED: {_O.TRIAGE, _O.DECLINED, _O.WITHDRAWN, _O.EXPIRED},
    _O.TRIAGE: {_O.CLARIFICATION, _O.ROUTED, _O.DECLINED, _O.WITHDRAWN, _O.EXPIRED},
    _O.CLARIFICATION: {_O.TRIAGE, _O.DECLINED, _O.WITHDRAWN, _O.EXPIRED},
    _O.ROUTED: {_O.TRIAGE, _O.RESERVED, _O.MATCHED, _O.DECLINED, _O.WITHDRAWN, _O.EXPIRED},
    _O.RESERVED: {_O.ROUTED, _O.MATCHED, _O.DECLINED, _O.WITHDRAWN, _O.EXPIRED},
    _O.MATCHED: {_O.ACCEPTED, _O.ROUTED, _O.DECLINED, _O.WITHDRAWN},
    _O.ACCEPTED: set(),
    _O.DECLINED: set(),
    _O.EXPIRED: set(),
    _O.WITHDRAWN: set(),
}
OFFER_FINAL = [status for status, moves in OFFER_MOVES.items() if not moves]


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user):
        """A business sees the offers of its companies; UN users who triage see all but drafts."""
        if not user.is_authenticated:
            return self.none()
        mine = Exists(CompanyMember.objects.filter(company=OuterRef("company"), user=user))
        if user.has_perm("partnerships.triage_offer"):
            return self.filter(~Q(status=OfferStatus.DRAFT) | mine)
        return self.filter(mine)


class Offer(Wanted):
    """What a company offers. Gates and ranking: `partnerships.matching`."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="offers")
    status = models.CharField(_("status"), max_length=15, choices=OfferStatus, default=OfferStatus.DRAFT)
    value_amount = models.DecimalField(_("value"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_any_country = models.BooleanField(_("any country"), default=False)
    accepts_subregion = models.BooleanField(_("neighbouring countries are fine too"), default=True)
    available_from = models.DateField(_("available from"), null=True, blank=True)
    available_until = models.DateField(_("available until"), null=True, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    expects_in_return = models.TextField(_("what you expect in return"), blank=True)
    is_tied_to_procurement = models.BooleanField(_("tied to a tender or contract"), null=True, blank=True)
    is_fit_for_use = models.BooleanField(_("fit for use and not expired"), null=True, blank=True)
    submitted_at = models.DateTimeField(null=True)
    answer_due_on = models.DateField(null=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            CheckConstraint(name="offer_status_known", condition=Q(status__in=OfferStatus.values)),
            CheckConstraint(
                name="offer_window",
                condition=Q(available_from=None)
                | Q(available_until=None)
                | Q(available_until__gte=F("available_from")),
            ),
            CheckConstraint(
                name="offer_submitted_has_moment",
                condition=Q(status__in=[OfferStatus.DRAFT, OfferStatus.WITHDRAWN, OfferStatus.EXPIRED])
                | Q(submitted_at__isnull=False),
            ),
        ]
        permissions = [("triage_offer", "Can read and answer offers")]


class NeedStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    PARTLY_MET = "partly_met", _("Partly met")
    MET = "met", _("Met")
    CLOSED = "closed", _("Closed")
    EXPIRED = "expired", _("Expired")


NEED_MOVES: dict[str, set[str]] = {
    NeedStatus.DRAFT: {NeedStatus.OPEN, NeedStatus.CLOSED},
    NeedStatus.OPEN: {NeedStatus.PARTLY_MET, NeedStatus.MET, NeedStatus.CLOSED, NeedStatus.EXPIRED},
    NeedStatus.PARTLY_MET: {NeedStatus.MET, NeedStatus.CLOSED, NeedStatus.EXPIRED},
    NeedStatus.MET: set(),
    NeedStatus.CLOSED: set(),
    NeedStatus.EXPIRED: set(),
}


class NeedQuerySet(models.QuerySet["Need"]):
    def open(self):
        return self.filter(status__in=[NeedStatus.OPEN, NeedStatus.PARTLY_MET]).filter(
            Q(needed_until=None) | Q(needed_until__gte=timezone.localdate())
        )

    def visible_to(self, user):
        """What is or was open is public; a draft is for its entity."""
        published = ~Q(status=NeedStatus.DRAFT)
        if not user.is_authenticated:
            return self.filter(published)
        return self.filter(published | Q(created_by=user) | Exists(_need_of_user_entities(user)))


def _need_of_user_entities(user):
    return UNEntity.objects.filter(
        pk=OuterRef("entity_id"), focal_points__user=user, focal_points__left_on=None
    )


class Need(Wanted):
    """What a UN office looks for. No country means anywhere."""

    class Urgency(models.TextChoices):
        EMERGENCY = "emergency", _("Emergency")
        NORMAL = "normal", _("Normal")
        PLANNED = "planned", _("Planned")

    entity = models.ForeignKey(UNEntity, models.PROTECT, related_name="needs", verbose_name=_("UN entity"))
    office_place = models.CharField(_("office"), max_length=80, blank=True)
    status = models.CharField(_("status"), max_length=15, choices=NeedStatus, default=NeedStatus.DRAFT)
    needed_from = models.DateField(_("needed from"), null=True, blank=True)
    needed_until = models.DateField(_("needed until"), null=True, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, default=Urgency.NORMAL)
    beneficiaries = models.CharField(_("who benefits"), max_length=200, blank=True)
    constraints_note = models.TextField(_("constraints"), blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            CheckConstraint(name="need_status_known", condition=Q(status__in=NeedStatus.values)),
            CheckConstraint(
                name="need_window",
                condition=Q(needed_from=None) | Q(needed_until=None) | Q(needed_until__gte=F("needed_from")),
            ),
        ]
        permissions = [("post_need", "Can post needs of the own entity")]
