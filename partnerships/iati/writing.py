"""Writes activities as IATI 2.03. The order of elements is the schema's."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

from partnerships.iati import codes
from partnerships.iati.facts import Activity, Entity, Giving, Measure, Party
from partnerships.labels import countries

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ET.register_namespace("cg", codes.NAMESPACE)


def own(name: str) -> str:
    return f"{{{codes.NAMESPACE}}}{name}"


def write(activities: Iterable[Activity], *, site: str, at: datetime) -> Iterator[bytes]:
    """The file in pieces, one activity in memory at a time. `site` is the portal's address."""
    head = f'version="2.03" generated-datetime="{at.isoformat(timespec="seconds")}"'
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities {head}>\n'.encode()
    for activity in activities:
        yield ET.tostring(element_of(activity, site), encoding="unicode").encode() + b"\n"
    yield b"</iati-activities>\n"


def element_of(activity: Activity, site: str) -> ET.Element:
    node = ET.Element("iati-activity", {LANG: activity.language, "default-currency": "USD"})
    if "humanitarian" in activity.modalities:
        node.set("humanitarian", "1")
    lead = next((part for part in activity.entities if part.role == "lead"), None)
    reporting = codes.channels().get(lead.code if lead else "", codes.UNITED_NATIONS)
    _sub(node, "iati-identifier", text=f"{reporting}-{activity.reference}")
    organisation = _sub(node, "reporting-org", ref=reporting, type=codes.MULTILATERAL)
    _say(organisation, lead.name if lead else "United Nations")
    _say(_sub(node, "title"), activity.title)
    _say(_sub(node, "description", type="1"), activity.summary)
    for entity in activity.entities:
        _entity(node, entity)
    if not activity.entities:
        _say(_sub(node, "participating-org", role="2", type=codes.MULTILATERAL), "United Nations")
    gives = {giving.giver for giving in activity.givings if giving.amount is not None}
    for party in activity.parties:
        _party(node, party, gives)
    _sub(node, "activity-status", code=codes.ACTIVITY_STATUS[activity.status]).set(
        own("status"), activity.status
    )
    _dates(node, activity)
    _sub(node, "activity-scope", code=codes.ACTIVITY_SCOPE[activity.scope])
    _places(node, activity)
    _tags(node, activity, site)
    money = [giving for giving in activity.givings if giving.amount is not None]
    for giving in money:
        _transaction(node, giving, activity)
    _link(node, f"{site}/partnerships/{activity.reference}/", activity.title)
    for title, url in activity.links:
        _link(node, url, title)
    if activity.parent:
        _sub(node, "related-activity", ref=activity.parent, type="1")
    for measure in activity.measures:
        _result(node, measure, activity)
    _extras(node, activity)
    return node


def _sub(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    node = ET.SubElement(parent, tag, attributes)
    if text:
        node.text = text
    return node


def _say(parent: ET.Element, text: str) -> None:
    _sub(parent, "narrative", text=text)


def _entity(node: ET.Element, entity: Entity) -> None:
    role = "2" if entity.role == "lead" else "4"
    part = _sub(node, "participating-org", role=role, type=codes.MULTILATERAL)
    if entity.code in codes.channels():
        part.set("ref", codes.channels()[entity.code])
    _own(
        part,
        entity=entity.code,
        role=entity.role,
        office=entity.office,
        country=entity.country,
        note=entity.note,
    )
    _say(part, entity.name)


def _party(node: ET.Element, party: Party, gives: set[str]) -> None:
    kind = codes.ORGANISATION_TYPE.get(party.kind, codes.OTHER_ORGANISATION)
    part = _sub(node, "participating-org", role="1" if party.name in gives else "4", type=kind)
    if party.lei:
        part.set("ref", f"XI-LEI-{party.lei}")
    _own(
        part,
        kind=party.kind,
        company="1" if party.is_company else "",
        role=party.role,
        country=party.country,
        sector=party.sector,
    )
    _say(part, party.name)


def _dates(node: ET.Element, activity: Activity) -> None:
    """Start and end; as IATI wants a day, the first of what is known, with what is known beside it."""
    has_begun = codes.ACTIVITY_STATUS[activity.status] in "234"
    known = False
    for date, planned, actual in ((activity.start, "1", "2"), (activity.end, "3", "4")):
        if date:
            is_past = has_begun if planned == "1" else activity.status == "closed"
            part = _sub(node, "activity-date", type=actual if is_past else planned)
            part.set("iso-date", day_of(date))
            part.set(own("date"), date)
            known = True
    if not known:  # the schema asks for a date; the day the registry knew of it stands in, and says so
        part = _sub(node, "activity-date", type="1")
        part.set("iso-date", day_of(activity.status_as_of or "1900"))
        part.set(own("date"), "")
        _say(part, "Start not stated. This is the day as of which the record is known.")


def day_of(partial: str) -> str:
    """A day for a date that may be a year or a month only: its first."""
    return "-".join([*partial.split("-"), "01", "01"][:3])


def _places(node: ET.Element, activity: Activity) -> None:
    percentages = iter(codes.shares(len(activity.countries) + len(activity.regions)))
    known = countries()
    for code in activity.countries:
        _sub(node, "recipient-country", code=known[code].iso2, percentage=next(percentages))
    for code in activity.regions:
        _sub(node, "recipient-region", code=code, vocabulary=codes.M49, percentage=next(percentages))


def _tags(node: ET.Element, activity: Activity, site: str) -> None:
    for goal in dict.fromkeys(target.split(".")[0] for target in activity.targets):
        _sub(node, "tag", code=goal, vocabulary=codes.GOALS)
    for target in activity.targets:
        _sub(node, "tag", code=target, vocabulary=codes.TARGETS)
    ours = [("type", activity.partnership_type), ("kind", activity.record_kind)]
    for facet in ("purposes", "modalities", "themes", "frameworks", "mdgs"):
        ours += [(facet, str(value)) for value in getattr(activity, facet)]
    for facet, value in ours:
        part = _sub(node, "tag", code=f"{facet}:{value}", vocabulary=codes.OWN)
        part.set("vocabulary-uri", f"{site}/data/")


def _transaction(node: ET.Element, giving: Giving, activity: Activity) -> None:
    is_here = giving.status in ("received", "stated")
    day = day_of(str(giving.year or giving.as_of or activity.start or activity.status_as_of or "1900"))
    part = _sub(node, "transaction")
    _giving_facts(part, giving)
    _sub(part, "transaction-type", code=codes.INCOMING_FUNDS if is_here else codes.INCOMING_COMMITMENT)
    _sub(part, "transaction-date").set("iso-date", day)
    value = _sub(part, "value", text=_number(giving.amount), currency=giving.currency)
    value.set("value-date", day)
    if giving.note:
        _say(_sub(part, "description"), giving.note)
    if giving.giver:
        _say(_sub(part, "provider-org"), giving.giver)
    if giving.receiver:
        _say(_sub(part, "receiver-org"), giving.receiver)
    _sub(part, "flow-type", code=codes.PRIVATE_FINANCE)


def _giving_facts(part: ET.Element, giving: Giving) -> None:
    _own(
        part,
        kind=giving.kind,
        status=giving.status,
        usd=_number(giving.usd_value),
        bound=giving.bound,
        quantity=_number(giving.quantity),
        unit=giving.unit,
        earmarked="" if giving.earmarked is None else str(giving.earmarked).lower(),
        year=str(giving.year or ""),
        as_of=giving.as_of,
        country=giving.country,
        valuation=giving.valuation,
    )


def _link(node: ET.Element, url: str, title: str) -> None:
    part = _sub(node, "document-link", url=url, format="text/html")
    _say(_sub(part, "title"), title)
    _sub(part, "category", code="A02")


def _result(node: ET.Element, measure: Measure, activity: Activity) -> None:
    part = _sub(node, "result", type=codes.RESULT_TYPE[measure.level])
    _say(_sub(part, "title"), measure.name)
    indicator = _sub(part, "indicator", measure="1", ascending="1" if measure.direction == "up" else "0")
    _own(
        indicator,
        level=measure.level,
        unit=measure.unit,
        bound=measure.bound,
        note=measure.note,
        target_on=measure.target_on,
        as_of=measure.as_of,
    )
    _say(_sub(indicator, "title"), measure.name)
    begun = activity.start or activity.status_as_of or "1900"
    if measure.baseline is not None:
        base = _sub(
            indicator,
            "baseline",
            year=(measure.baseline_on or begun)[:4],
            value=_number(measure.baseline),
        )
        _own(base, on=measure.baseline_on)
    if measure.target is not None or measure.actual is not None:
        ends = measure.as_of or measure.target_on or activity.end or activity.status_as_of or begun
        period = _sub(indicator, "period")
        _sub(period, "period-start").set("iso-date", min(day_of(begun), day_of(ends)))
        _sub(period, "period-end").set("iso-date", day_of(ends))
        if measure.target is not None:
            _sub(period, "target", value=_number(measure.target))
        if measure.actual is not None:
            _sub(period, "actual", value=_number(measure.actual))


def _extras(node: ET.Element, activity: Activity) -> None:
    """What the standard has no place for, at the end of the activity."""
    notes = _sub(node, own("record"))
    for name in (
        "reference", "status_as_of", "place_note", "date_note", "further_note", "source_document",
        "source_place", "origin",
    ):  # fmt: skip
        if getattr(activity, name):
            notes.set(name, getattr(activity, name))
    for giving in activity.givings:
        if giving.amount is None:
            part = _sub(notes, own("contribution"))
            _giving_facts(part, giving)
            _own(part, giver=giving.giver, receiver=giving.receiver, currency=giving.currency)
            part.text = giving.note or None


def _own(node: ET.Element, **values: str) -> None:
    for name, value in values.items():
        if value:
            node.set(own(name), value)


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
