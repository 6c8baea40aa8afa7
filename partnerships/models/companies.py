import uuid

from django.apps import apps
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import CheckConstraint, Exists, Index, OuterRef, Q, UniqueConstraint
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.models import Country, Sector, User


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
        """UN users see every company, a business its own, everybody those that public records name."""
        if user.has_perm("partnerships.view_inside"):
            return self
        party = apps.get_model("partnerships", "PartnershipParty")  # its file imports this one
        named = party.objects.filter(company=OuterRef("pk"), partnership__visibility="public")
        on_record = Exists(named.exclude(partnership__withheld_fields__contains=["parties"]))
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
        help_text="Named by a record of the archive or of a file only: not screened until somebody works "
        "with it.",
    )
    import_batch = models.ForeignKey(
        "RecordImport", models.PROTECT, null=True, blank=True, editable=False, related_name="named_companies"
    )
    is_demo = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Grows with each change of what is screened.")
    revision = models.PositiveIntegerField(
        default=1, help_text="Grows with each edit; guards against stale forms."
    )
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
        indexes = [
            GinIndex(fields=["name"], name="company_name_trigrams", opclasses=["gin_trgm_ops"]),
            # Of two letters typed, trigrams find hundreds of names to look at.
            Index(OpClass(Lower("name"), "text_pattern_ops"), name="company_name_begins"),
        ]
        permissions = [
            ("manage_companies", "Can edit every company"),
            ("view_inside", "Can see records and companies that are not public"),
            ("make_offer", "Can create a company and make offers"),
        ]

    def __str__(self) -> str:
        return self.name


class LeiAnswer(models.Model):
    """What the register of Legal Entity Identifiers said of a company's when it was last asked.

    `likeness` compares the registered name with those of the company: 0 not alike, 1 equal.
    """

    class State(models.TextChoices):
        CURRENT = "current", _("Current")
        LAPSED = "lapsed", _("Not current")
        UNKNOWN = "unknown", _("Not in the register")

    company = models.OneToOneField(Company, models.CASCADE, related_name="lei_answer")
    lei = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State)
    registered_name = models.CharField(max_length=300, blank=True)
    likeness = models.FloatField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            CheckConstraint(
                name="lei_answer_state_known", condition=Q(state__in=["current", "lapsed", "unknown"])
            ),
            CheckConstraint(
                name="lei_answer_likeness", condition=Q(likeness=None) | Q(likeness__gte=0, likeness__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lei}: {self.state}"


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
        OWNER = "owner", pgettext_lazy("of shares", "Owner")
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
        OWNER = "owner", pgettext_lazy("of an account", "Owner")
        EDITOR = "editor", _("Editor")

    company = models.ForeignKey(Company, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="company_memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.EDITOR)

    class Meta:
        constraints = [UniqueConstraint(fields=["company", "user"], name="company_member_once")]


class CompanyInvitation(models.Model):
    """A seat in a company that its owner offered to a mail address, or that somebody asked for.

    An invitation (`invited_by`) waits for the person behind the address; a request (no `invited_by`) waits
    for an owner. Either way it is answered once. The mail carries its signed number.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(
        _("role"), max_length=10, choices=CompanyMember.Role, default=CompanyMember.Role.EDITOR
    )
    invited_by = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    was_accepted = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            UniqueConstraint(
                fields=["company", "email"],
                name="company_invitation_open_once",
                condition=Q(answered_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.company}"

    @property
    def is_request(self) -> bool:
        return self.invited_by_id is None
