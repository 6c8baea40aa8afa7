"""A record for machines and for paper: `{% load registry %}`."""

import json
from decimal import Decimal
from typing import Any

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from focalpoints.models import OfficeLevel
from partnerships import labels
from partnerships.exports import LICENCE_URL
from partnerships.models import Contribution, Indicator, Partnership, PartnershipEntity, Withholdable
from portal.marks import joined
from portal.templatetags.portal import amount

register = template.Library()

# As `json_script` does: no text of a record can end the element it stands in.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def linked_data(record: Partnership, address: str) -> SafeString:
    """The record as JSON-LD in the words of schema.org. Reads prefetched rows; nothing that is withheld."""
    text = json.dumps(described(record, address), ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 -- escaped


def described(record: Partnership, address: str) -> dict[str, Any]:
    """A `Project` with its identifier, organizations, places and dates; what is not known is left out.

    A `Project` has no date of change and no licence in schema.org: those are of the page about it.
    """
    parties = [] if Withholdable.PARTIES in record.withheld_fields else record.parties.all()
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Project",
        "@id": address,
        "url": address,
        "identifier": record.reference,
        "name": record.title,
        "description": record.summary,
        "foundingDate": record.start,
        "dissolutionDate": record.end,
        "parentOrganization": [
            {"@type": "Organization", "name": role.entity.name, "alternateName": role.entity.acronym}
            for role in record.entity_roles.all()
        ],
        "member": [
            {"@type": "Organization", "name": party.company.name} for party in parties if party.company
        ],
        "areaServed": [
            {"@type": "Country", "name": country.name_en, "identifier": country.iso3}
            for country in record.countries.all()
        ],
        "keywords": [f"SDG {target.code}" for target in record.targets.all()],
        "subjectOf": {
            "@type": "WebPage",
            "url": address,
            "inLanguage": record.language,
            "dateModified": record.updated_at.date().isoformat(),
            "license": LICENCE_URL,
        },
    }
    return {name: value for name, value in found.items() if value}


@register.filter
def when(text: str) -> str:
    """A date as far as it is known, in words: "2001-05" as "May 2001"."""
    return labels.partial_date(text)


@register.filter
def figure(text: str) -> str:
    """A number that a report keeps as text, written as readers write it; "" says that none was given."""
    return amount(Decimal(text) if text else None)


@register.filter
def office(role: PartnershipEntity) -> str:
    """Which office of a UN entity takes part; "" for its seat, which is meant where nothing is said."""
    if role.office_level == OfficeLevel.HQ and role.office_country_id is None:
        return ""
    return joined(filter(None, [str(role.get_office_level_display()), str(role.office_country or "")]))


@register.filter
def circumstances(part: Contribution) -> str:
    """To whom goods, time or skills go, where and when, how firm that is and how it was valued."""
    return joined(
        filter(
            None,
            [
                _("to %(receiver)s") % {"receiver": part.receiver} if part.receiver else "",
                str(part.country or ""),
                str(part.year or ""),
                labels.partial_date(part.as_of),
                "" if part.status == Contribution.Status.STATED else str(part.get_status_display()),
                str(part.get_valuation_method_display()) if part.valuation_method else "",
            ],
        )
    )


@register.filter
def method(indicator: Indicator) -> str:
    """What an indicator counts and of whom, and where its figures are from."""
    groups = dict(Indicator.Disaggregation.choices)
    apart = joined(str(groups.get(code, code)).lower() for code in indicator.disaggregation)
    number, source = indicator.sdg_indicator, indicator.source
    return joined(
        filter(
            None,
            [
                indicator.unit,
                indicator.note,
                _("less is better") if indicator.direction == Indicator.Direction.DOWN else "",
                _("SDG indicator %(number)s") % {"number": number} if number else "",
                _("told apart by %(groups)s") % {"groups": apart} if apart else "",
                _("source: %(source)s") % {"source": source} if source else "",
            ],
        ),
        ";",
    )


@register.simple_tag
def qr_code(address: str) -> SafeString:
    """The address as a QR code, an SVG in the page that prints sharp."""
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        scale=3, border=2, title=_("QR code of the address of this record")
    )
    return mark_safe(drawing)  # noqa: S308 -- segno draws it from modules, the address is no part of it
