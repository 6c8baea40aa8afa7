"""Why a match has its points and what would raise it, in slugs and numbers that the page words."""

from typing import Any

from partnerships.matching.board import COUNTRY_SAME, COUNTRY_SUBREGION, fold_unit
from partnerships.matching.facts import Match, NeedFacts, OfferFacts, Part, Reason


def reasons(offer: OfferFacts, need: NeedFacts, match: Match) -> list[Reason]:
    """What speaks for a match and what would raise it, strongest first, in slugs and numbers."""
    points = {part.name: part for part in match.parts}
    found = [
        _why_targets(offer, need, points["targets"]),
        _why_themes(offer, need, points["themes"]),
        _why_country(offer, need, points["country"]),
        _why_capacity(offer, need, points["capacity"]),
        _why_timing(offer, need, points["timing"]),
    ]
    if points["text"].points >= 3:
        found.append(Reason("text_alike", True))
    elif offer.language[:2] != need.language[:2]:
        both = {"languages": [offer.language, need.language]}
        found.append(Reason("languages_differ", False, _gain(points["text"]), both))
    if points["track_record"].points > 0:
        found.append(Reason("track_record", True, values={"count": offer.closed_with_results}))
    plus = [reason for reason in found if reason and reason.is_plus]
    minus = sorted((r for r in found if r and not r.is_plus), key=lambda r: -r.gain)
    return plus + minus


def _gain(part: Part) -> float:
    return round(part.most - part.points, 1)


def _why_targets(offer: OfferFacts, need: NeedFacts, part: Part) -> Reason | None:
    if not need.targets:
        return None
    missing = sorted(need.targets - offer.targets, key=_target_order)
    shared = sorted(need.targets & offer.targets, key=_target_order)
    if not missing:
        return Reason("targets_all", True, values={"targets": shared})
    if shared:
        return Reason("targets_some", part.points >= part.most / 2, _gain(part), _pair(shared, missing))
    slug = "targets_by_goal" if part.points else "targets_none"
    return Reason(slug, False, _gain(part), {"missing": missing})


def _pair(shared: list[str], missing: list[str]) -> dict[str, Any]:
    return {"targets": shared, "missing": missing}


def _target_order(target: str) -> tuple[int, str]:
    goal, _dot, rest = target.partition(".")
    return (int(goal) if goal.isdigit() else 99, rest.rjust(3))


def _why_themes(offer: OfferFacts, need: NeedFacts, part: Part) -> Reason | None:
    shared = sorted(offer.themes & need.themes)
    missing = sorted(need.themes - offer.themes)
    if shared and missing:
        is_plus = part.points >= part.most / 2
        return Reason("themes_some", is_plus, _gain(part), {"themes": shared, "missing": missing})
    if shared:
        return Reason("themes_all", True, values={"themes": shared})
    if not need.themes:
        return None
    return Reason("themes_differ", False, _gain(part), {"missing": missing})


def _why_country(offer: OfferFacts, need: NeedFacts, part: Part) -> Reason:
    if part.points == COUNTRY_SAME:
        return Reason("country_same", True, values={"countries": sorted(offer.countries & need.countries)})
    if part.points == COUNTRY_SUBREGION:
        return Reason("country_near", False, _gain(part), {"countries": sorted(need.countries)})
    if need.countries:
        return Reason("country_any", False, _gain(part), {"countries": sorted(need.countries)})
    return Reason("need_anywhere", True)


def _why_capacity(offer: OfferFacts, need: NeedFacts, part: Part) -> Reason | None:
    asked = {"asked": need.quantity, "offered": offer.quantity, "unit": need.unit}
    if need.quantity is None:
        return None
    if offer.quantity is None:
        return Reason("quantity_not_stated", False, _gain(part), asked)
    if fold_unit(offer.unit) != fold_unit(need.unit):
        return Reason("units_differ", False, _gain(part), {**asked, "offered_unit": offer.unit})
    if part.points == part.most:
        return Reason("quantity_enough", True, values=asked)
    return Reason("quantity_short", part.points >= part.most / 2, _gain(part), asked)


def _why_timing(offer: OfferFacts, need: NeedFacts, part: Part) -> Reason:
    if part.points == part.most:
        return Reason("dates_full", True)
    if offer.starts_on and need.starts_on and offer.starts_on > need.starts_on:
        days = (offer.starts_on - need.starts_on).days
        return Reason("starts_late", False, _gain(part), {"days": days, "from": need.starts_on})
    return Reason("ends_early", False, _gain(part), {"until": need.ends_on})
