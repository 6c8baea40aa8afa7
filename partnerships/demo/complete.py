"""One fictional record with every field filled, from its idea to its lessons, and the umbrella above it.

It shows what a record can tell, and that it prints on two pages.
"""

from pathlib import Path
from typing import Any

import yaml

from focalpoints.models import FocalPoint, UNEntity
from partnerships import selfchecks
from partnerships.demo.records import TO_WORK
from partnerships.models import Partnership, PartnershipStatus, SelfCheck, Visibility
from partnerships.services import partnerships as services
from partnerships.services import reporting
from portal.models import User

FILE = Path(__file__).resolve().parent.parent / "data" / "demo_complete.yaml"


def load() -> str:
    """Register both where they are missing. Needs the other fictional records, to go under the umbrella."""
    content = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    focal, desk = (User.objects.get(email=f"{name}@demo.example") for name in ("focal", "desk"))
    if Partnership.objects.filter(title=content["record"]["title"]).exists():
        return "The complete record is there."
    umbrella = _register(content["umbrella"], focal)
    for to in TO_WORK:
        umbrella = services.advance_partnership(umbrella, to=to, by=focal)
    services.publish_partnership(umbrella, to=Visibility.PUBLIC, by=focal)
    for title in content["under_it"]:
        _edit(Partnership.objects.get(title=title), focal, values={"parent": umbrella})
    _live(content["record"], umbrella, focal, desk)
    return "A complete record and its umbrella."


def _register(entry: dict[str, Any], focal: User) -> Partnership:
    record = services.register_partnership(
        by=focal,
        entity=UNEntity.objects.get(pk="WFP"),
        values={name: entry[name] for name in ("title", "partnership_type", "summary")},
    )
    many = {name: entry[name] for name in ("countries", "regions", "targets")}
    return _edit(record, focal, values=entry["values"], rows=entry["rows"], **many)


def _edit(record: Partnership, by: User, **what: Any) -> Partnership:
    return services.edit_partnership(record, by=by, version=record.version, **what)


def _live(entry: dict[str, Any], umbrella: Partnership, focal: User, desk: User) -> None:
    """Bring the record from the idea to its end as people would."""
    record = _register(entry, focal)
    related = {name: Partnership.objects.get(title=title) for name, title in entry["related"].items()}
    roles = [{"id": role.pk} for role in record.entity_roles.all()]
    record = _edit(
        record,
        focal,
        values={"parent": umbrella, **related},
        rows={"entities": [{**roles[0], **entry["lead"]}, *entry["other_entities"]]},
        focal_points=FocalPoint.objects.filter(entity="WFP", countries="BGD", left_on=None),
    )
    for kind, answers in entry["checks"].items():
        record = _check(record, focal, kind, answers)
    services.confirm_transformational(record, by=desk)
    for to in TO_WORK:
        record = services.advance_partnership(record, to=to, by=focal)
    record = services.publish_partnership(record, to=Visibility.PUBLIC, by=focal)
    indicators = {row.name: row for row in record.indicators.all()}
    measured = [{**row, "indicator": indicators[row["indicator"]]} for row in entry["measurements"]]
    record = _edit(record, focal, rows={"measurements": measured})
    record = _check(record, focal, SelfCheck.Kind.CHARACTERISTICS, entry["checks"]["characteristics"])
    for report in entry["reports"]:
        _report(record, report, focal)
    record.refresh_from_db()
    record = _edit(record, focal, values=entry["at_the_end"])
    record = _check(record, focal, SelfCheck.Kind.CHARACTERISTICS, entry["checks"]["characteristics"])
    services.advance_partnership(record, to=PartnershipStatus.CLOSED, by=focal)


def _report(record: Partnership, entry: dict[str, Any], by: User) -> None:
    values, measured = dict(entry), entry["measured"]
    del values["measured"]
    draft = reporting.next_report(record)
    results = [
        {**row, "value": measured[row["name"]][0], "comment": measured[row["name"]][1]}
        for row in draft.results
    ]
    report = reporting.save_report(
        record, by=by, number=draft.number, version=draft.version, values=values, results=results
    )
    reporting.submit_report(report, by=by)


def _check(record: Partnership, by: User, kind: str, answers: dict[str, Any]) -> Partnership:
    moment = selfchecks.moment_of(kind, record.status)
    return _edit(record, by, self_check={"kind": kind, "moment": moment, "answers": answers})
