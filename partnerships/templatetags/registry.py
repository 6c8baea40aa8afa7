"""A record for machines and for paper: `{% load registry %}`."""

import json
from typing import Any

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from partnerships.exports import LICENCE_URL
from partnerships.models import Partnership, Withholdable

register = template.Library()

# As `json_script` does: no text of a record can end the element it stands in.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def linked_data(record: Partnership, address: str) -> SafeString:
    """The record as JSON-LD in the words of schema.org. Reads prefetched rows; nothing that is withheld."""
    text = json.dumps(described(record, address), ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 -- escaped


def described(record: Partnership, address: str) -> dict[str, Any]:
    """A `Project` with its identifier, organizations, places and dates; what is not known is left out."""
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
        "dateModified": record.updated_at.date().isoformat(),
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
        "license": LICENCE_URL,
    }
    return {name: value for name, value in found.items() if value}


@register.simple_tag
def qr_code(address: str) -> SafeString:
    """The address as a QR code, an SVG in the page that prints sharp."""
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        scale=3, border=2, title=_("QR code of the address of this record")
    )
    return mark_safe(drawing)  # noqa: S308 -- segno draws it from modules, the address is no part of it
