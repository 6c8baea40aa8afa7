"""Fit the coefficients of the name scorer."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from screening.lists import importers
from screening.names import fitting, warm
from screening.names.analysis import analyse
from screening.names.scorer import FILE

LISTS = (("un", "un_xml", "un/un_consolidated_2026-02-27.xml"), ("ofac", "ofac_csv", "ofac"))


class Command(BaseCommand):
    help = (
        "Fit the name scorer and write screening/names/scorer.json with its out-of-group figures. Reads "
        "labelled pairs (schema, query_name, candidate_names, label, source, category, group), the UN and "
        "OFAC lists of a folder, and a table of ordinary companies (column company_name). Needs the bench "
        "group."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pairs", type=Path)
        parser.add_argument("--lists", type=Path, required=True, help="folder with un/ and ofac/")
        parser.add_argument("--companies", type=Path, required=True)
        parser.add_argument(
            "--left-out", type=Path, help="companies kept for testing: a table with the column Security"
        )
        parser.add_argument("--threshold", type=float, default=0.5, help="score from which a match is a hit")
        parser.add_argument("--out", type=Path, default=FILE)

    def handle(
        self, *args: Any, pairs: Path, lists: Path, companies: Path, out: Path, **options: Any
    ) -> None:
        warm()
        entries = [
            (code, entry)
            for code, importer, place in LISTS
            for entry in importers.read(importer, lists / place)
        ]
        held = _column(options["left_out"], "Security") if options["left_out"] else set()
        examples = fitting.Examples()
        fitting.add_pairs(examples, pairs)
        fitting.add_strangers(
            examples,
            entries,
            sorted(_column(companies, "company_name")),
            {analyse(name, "organization").squashed for name in held},
        )
        self.stdout.write(f"{len(examples.labels)} examples, {len(examples.features)} pairs of names")
        made_by = f"manage.py fit_scorer {pairs.name} --lists … --companies {companies.name}"
        content = fitting.coefficients(fitting.Fit(examples), options["threshold"], made_by)
        out.write_text(fitting.written(content), "utf-8")
        for split, rows in content["figures"].items():
            self.stdout.write(split)
            for name, row in rows.items():
                self.stdout.write(f"  {name:24}" + "".join(f"  {key} {value}" for key, value in row.items()))


def _column(path: Path, name: str) -> set[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return {row[name] for row in csv.DictReader(file)}
