"""Which UN entities an offer is for: by mandate, then by where they have somebody for business."""

from collections.abc import Iterable

from partnerships.matching.board import subregions
from partnerships.matching.facts import EntityFacts, EntityMatch, OfferFacts, Part

ENTITY_PARTS = {"mandate": 70.0, "presence": 30.0}
PRESENCE_NEAR = 15.0


def rank_entities(
    offer: OfferFacts, entities: Iterable[EntityFacts], limit: int | None = None
) -> list[EntityMatch]:
    """UN entities whose mandate has a theme of the offer, best first; equals by code.

    Mandate: the share of the offer's themes in it. Presence: the share of the offer's countries where the
    entity has somebody for business; half of it where only a neighbouring country of the subregion has.
    """
    found = []
    places = subregions()
    for entity in entities:
        themes = offer.themes & entity.themes
        if not themes:
            continue
        here = offer.countries & entity.countries
        near = {places.get(country) for country in entity.countries} - {None}
        if offer.countries:
            nearby = [c for c in offer.countries - here if places.get(c) in near]
            presence = (len(here) * ENTITY_PARTS["presence"] + len(nearby) * PRESENCE_NEAR) / len(
                offer.countries
            )
        else:
            presence = PRESENCE_NEAR if entity.countries else 0.0
        parts = (
            Part("mandate", round(ENTITY_PARTS["mandate"] * len(themes) / len(offer.themes), 1), 70.0),
            Part("presence", round(presence, 1), 30.0),
        )
        found.append(EntityMatch(entity.code, parts, tuple(sorted(themes)), tuple(sorted(here))))
    return sorted(found, key=lambda match: (-match.score, match.entity))[:limit]
