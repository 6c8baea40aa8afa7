"""Rate answers by the published rule, without the database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from screening.rating import BadAnswers, rate


class Command(BaseCommand):
    help = (
        "Rate answers by the published rule. ANSWERS.json is one object or a list of {name, level, answers, "
        "overlay}; prints one JSON line each with name, rating (or blocked), common_rating and the steps."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("answers", type=Path)
        parser.add_argument("--overlay", help="overlay for items that name none")

    def handle(self, *args: Any, answers: Path, overlay: str | None, **options: Any) -> None:
        try:
            content = json.loads(answers.read_text("utf-8"))
        except (OSError, ValueError) as failure:
            raise CommandError(f"{answers}: {failure}") from failure
        items = content if isinstance(content, list) else [content]
        wrong = 0
        for number, item in enumerate(items, 1):
            try:
                self._rate(item, overlay)
            except (BadAnswers, KeyError, TypeError, AttributeError) as problem:
                wrong += 1
                reason = (
                    problem if isinstance(problem, BadAnswers) else f"not of the shape asked for: {problem}"
                )
                self.stderr.write(f"item {number}: {reason}")
        if wrong:
            raise CommandError(f"{wrong} of {len(items)} could not be rated.")

    def _rate(self, item: dict, overlay: str | None) -> None:
        result = rate(item["answers"], item["level"], item.get("overlay") or overlay)
        line = {
            "name": item.get("name", ""),
            "rating": result.rating,
            "common_rating": result.common_rating,
            "steps": [
                {
                    "step": step.number,
                    "name": step.name,
                    "line": step.line,
                    "counts": {key: list(codes) for key, codes in step.counts.items()},
                    "rating": step.rating,
                }
                for step in result.steps
            ],
        }
        self.stdout.write(json.dumps(line, ensure_ascii=False))
