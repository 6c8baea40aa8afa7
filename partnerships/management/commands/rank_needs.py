import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partnerships.matching import Board, NeedFacts, OfferFacts, Wording, guess_language


class Command(BaseCommand):
    help = "Rank needs for offers, both as JSON lines with the field names of the registry. Uses no database."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser) -> None:
        parser.add_argument("offers", type=Path)
        parser.add_argument("needs", type=Path)
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *args, offers: Path, needs: Path, out: Path, **options) -> None:
        offer_facts = [offer_from(record) for record in read(offers)]
        need_facts = [need_from(record) for record in read(needs)]
        board = Board(need_facts, Wording([*offer_facts, *need_facts]))
        with out.open("w", encoding="utf-8") as file:
            for offer in offer_facts:
                answer = {"offer": offer.id, "needs": ranked(board, offer)}
                file.write(json.dumps(answer, ensure_ascii=False) + "\n")
        self.stdout.write(f"{len(offer_facts)} offers against {len(need_facts)} needs: {out}")


def ranked(board: Board, offer: OfferFacts) -> list[dict]:
    """Needs that pass every gate, best first, then the others with the gate that closed."""
    return [
        {
            "id": match.need,
            "score": match.score,
            "parts": {part.name: part.points for part in match.parts},
        }
        for match in board.matches(offer)
    ] + [{"id": match.need, "gate": match.closed} for match in board.ruled_out(offer)]


def read(path: Path) -> Iterable[dict]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    try:
                        record = json.loads(line)
                        yield {"id": record["id"], **record}
                    except (ValueError, KeyError, TypeError) as error:
                        raise CommandError(f"{path}, line {number}: not an object with an id.") from error
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error


def offer_from(record: dict) -> OfferFacts:
    """An offer from the field names of the registry. No country and no word on any country means any."""
    countries = record.get("countries_iso3") or []
    return OfferFacts(
        **common(record, "available_from", "available_until"),
        is_any_country=bool(record.get("any_country", not countries)),
        accepts_subregion=bool(record.get("accepts_subregion", False)),
        is_excluded=record.get("screening") == "excluded",
        closed_with_results=int(record.get("closed_with_results") or 0),
    )


def need_from(record: dict) -> NeedFacts:
    return NeedFacts(**common(record, "needed_from", "needed_until"), entity=str(record.get("entity") or ""))


def common(record: dict, first_day: str, last_day: str) -> dict[str, Any]:
    """The fields that both sides share, as keyword arguments of `Facts`."""
    title, description = str(record.get("title") or ""), str(record.get("description") or "")
    quantity = record.get("quantity")
    try:
        return {
            "id": str(record["id"]),
            "title": title,
            "description": description,
            "language": str(record.get("language") or guess_language(f"{title} {description}"))[:2],
            "kinds": frozenset(record.get("contribution_kinds") or ()),
            "themes": frozenset(record.get("themes") or ()),
            "targets": frozenset(map(str, record.get("sdg_targets") or ())),
            "countries": frozenset(record.get("countries_iso3") or ()),
            "quantity": None if quantity is None else float(quantity),
            "unit": str(record.get("unit") or ""),
            "starts_on": day(record.get(first_day)),
            "ends_on": day(record.get(last_day)),
            "since": str(record.get("submitted_at") or record.get("created_at") or ""),
        }
    except (TypeError, ValueError) as error:
        raise CommandError(f"{record['id']}: {error}.") from error


def day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None
