from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Theme(models.TextChoices):
    """What a partnership, a need or a mandate is about. Codes are stable, labels are translated."""

    POVERTY = "poverty", _("Poverty")
    FOOD_NUTRITION = "food_nutrition", _("Food and nutrition")
    AGRICULTURE = "agriculture", _("Agriculture")
    HEALTH = "health", _("Health")
    EDUCATION = "education", _("Education")
    CHILDREN = "children", _("Children")
    GENDER = "gender", _("Gender")
    WATER = "water", _("Water")
    ENERGY = "energy", _("Energy")
    CLIMATE = "climate", _("Climate")
    ENVIRONMENT = "environment", _("Environment")
    BIODIVERSITY = "biodiversity", _("Biodiversity")
    LABOUR = "labour", _("Labour")
    ENTERPRISE = "enterprise", _("Enterprise")
    INDUSTRY = "industry", _("Industry")
    TRADE = "trade", _("Trade")
    FINANCE = "finance", _("Finance")
    ICT = "ict", _("Information technology")
    INNOVATION = "innovation", _("Innovation")
    DATA = "data", _("Data")
    URBAN = "urban", _("Cities")
    HOUSING = "housing", _("Housing")
    INFRASTRUCTURE = "infrastructure", _("Infrastructure")
    TRANSPORT = "transport", _("Transport")
    LOGISTICS = "logistics", _("Logistics")
    TOURISM = "tourism", _("Tourism")
    CULTURE = "culture", _("Culture")
    SCIENCE = "science", _("Science")
    HUMANITARIAN = "humanitarian", _("Humanitarian action")
    DISASTER_RISK = "disaster_risk", _("Disaster risk")
    REFUGEES = "refugees", _("Refugees")
    MIGRATION = "migration", _("Migration")
    HUMAN_RIGHTS = "human_rights", _("Human rights")
    GOVERNANCE = "governance", _("Governance")
    ANTI_CORRUPTION = "anti_corruption", _("Anti-corruption")
    CRIME = "crime", _("Crime prevention")
    PEACE = "peace", _("Peace")


T = Theme
THEME_GROUPS = [
    (_("People"), [T.POVERTY, T.HEALTH, T.EDUCATION, T.CHILDREN, T.GENDER, T.REFUGEES, T.MIGRATION]),
    (_("Food and nature"), [T.FOOD_NUTRITION, T.AGRICULTURE, T.WATER, T.ENVIRONMENT, T.BIODIVERSITY]),
    (_("Climate, energy and disasters"), [T.CLIMATE, T.ENERGY, T.HUMANITARIAN, T.DISASTER_RISK]),
    (_("Work and business"), [T.LABOUR, T.ENTERPRISE, T.INDUSTRY, T.TRADE, T.FINANCE, T.TOURISM]),
    (_("Knowledge and technology"), [T.ICT, T.INNOVATION, T.DATA, T.SCIENCE, T.CULTURE]),
    (_("Places and transport"), [T.URBAN, T.HOUSING, T.INFRASTRUCTURE, T.TRANSPORT, T.LOGISTICS]),
    (_("Rights and institutions"), [T.HUMAN_RIGHTS, T.GOVERNANCE, T.ANTI_CORRUPTION, T.CRIME, T.PEACE]),
]


def theme_groups() -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """Themes in seven families, so that nobody reads a column of thirty-seven."""
    return [(label, [(theme.value, theme.label) for theme in themes]) for label, themes in THEME_GROUPS]
