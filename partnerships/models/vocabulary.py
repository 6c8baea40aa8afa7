"""The words a record is classed by. Codes are stable; labels are translated."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


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


class FinancingModel(models.TextChoices):
    """Source: A/66/320, paras. 28 and 44, box 6."""

    NONE = "none", _("No money moves")
    GRANT = "grant", _("Grant")
    CAUSE_RELATED_MARKETING = "cause_related_marketing", _("Cause-related marketing")
    CUSTOMER_GIVING = "customer_giving", _("Giving by customers")
    EMPLOYEE_GIVING = "employee_giving", _("Giving by employees")
    SOCIAL_MEDIA_MICRO = "social_media_micro", _("Small gifts through social media")
    SOCIAL_VENTURE_FUND = "social_venture_fund", _("Social venture fund")
    FOREIGN_INVESTMENT = "foreign_investment", _("Foreign investment")
    BLENDED = "blended", _("Public and private money together")
    PRODUCT_LICENSING = "product_licensing", _("Licence for a product")


class Framework(models.TextChoices):
    """What a record serves besides the goals."""

    AGENDA_21 = "agenda_21", _("Agenda 21")
    JOHANNESBURG_PLAN = "johannesburg_plan", _("Johannesburg Plan of Implementation")
    SENDAI = "sendai", _("Sendai Framework for Disaster Risk Reduction")
    PARIS = "paris", _("Paris Agreement")
    NATIONAL_PLAN = "national_plan", _("A national development plan")


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


class UNRole(models.TextChoices):
    """Source: A/58/227, paras. 77 and 78."""

    LEAD = "lead", _("Lead")
    FRAMEWORK_PROVIDER = "framework_provider", _("Framework provider")
    FACILITATOR_BROKER = "facilitator_broker", _("Facilitator or broker")
    IMPLEMENTER = "implementer", _("Implementer")
    BENEFICIARY = "beneficiary", _("Beneficiary")
    STEERING = "steering", _("Steering")
    COORDINATION = "coordination", _("Coordination")
    PARTICIPANT = "participant", _("Participant")


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


class ValuationMethod(models.TextChoices):
    """How a contribution that is not cash came by its value."""

    STATED = "stated", _("Stated by the giver")
    MARKET_PRICE = "market_price", _("Market price")
    COST = "cost", _("Cost of the giver")
    REPLACEMENT = "replacement", _("What it would cost to buy")
    EXPERT = "expert", _("Estimate of an expert")
    HOURLY_RATE = "hourly_rate", _("Hours at a rate")


class Bound(models.TextChoices):
    EXACT = "", _("exactly")
    MORE_THAN = "more_than", _("more than")
    LESS_THAN = "less_than", _("less than")
    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")
    ABOUT = "about", _("about")


class EvaluationKind(models.TextChoices):
    """Source: A/58/227, para. 84."""

    SELF = "self", _("By the partners themselves")
    PARTICIPATORY = "participatory", _("With those who are to benefit")
    INDEPENDENT = "independent", _("Independent")


class Verdict(models.TextChoices):
    """What an evaluation or a report decides on: keep or end. Source: A/58/227, para. 84."""

    CONTINUE = "continue", _("Continue as it is")
    CHANGE = "change", _("Continue with changes")
    SCALE_UP = "scale_up", _("Make it larger")
    REPLICATE = "replicate", _("Do the same elsewhere")
    CLOSE = "close", _("End it")


class Confidence(models.TextChoices):
    HIGH = "high", _("High: documents seen")
    MEDIUM = "medium", _("Medium: told by a partner")
    LOW = "low", _("Low: from hearsay or press")


class Origin(models.TextChoices):
    """How a record came into the registry."""

    ENTITY = "entity", _("Registered by its UN entity")
    PUBLIC_FORM = "public_form", _("Registered in public, reviewed by the registry desk")
    OFFER = "offer", _("Taken over from an offer")
    FILE = "file", _("Loaded from a file")
    ARCHIVE = "archive", _("From the archive")


class Withholdable(models.TextChoices):
    """What a UN entity may keep from the public, with a reason that is shown in its place."""

    PARTIES = "parties", _("Names of the partners")
    CONTRIBUTIONS = "contributions", _("Contributions")
    PLACES = "places", _("Place in words")
    AGREEMENT = "agreement", _("Terms of the agreement")
    RESULTS = "results", _("Results")


class LessonHeading(models.TextChoices):
    """Source: the headings under which A/58/227, paras. 72–80, tells what was learned."""

    LOCAL_OWNERSHIP = "local_ownership", _("Local ownership")
    EXPERIMENT = "experiment", _("Room to experiment, and to fail")
    TIME_AND_COST = "time_and_cost", _("Time and cost of working together")
    CENTRAL_OR_LOCAL = "central_or_local", _("Central or local facilitation")
    UN_ROLE = "un_role", _("Role of the United Nations")
    TRUST_AND_RULES = "trust_and_rules", _("Trust, rules and accountability")
    CAPACITY = "capacity", _("Skills and capacity")
    DONOR_COORDINATION = "donor_coordination", _("Coordination of donors")
    OTHER = "other", _("Something else")
