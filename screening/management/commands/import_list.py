"""Import a published list from a file, a folder that holds it, or the publisher's own address."""

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.errors import RuleViolation
from screening.lists import importers
from screening.lists.model import ListError
from screening.models import ListSource, ListVersion, VersionStatus
from screening.services import lists


class Command(BaseCommand):
    help = (
        "Import a published list: read, check, and switch over in one step. Prints what it read. Ends with "
        "an error and the reasons when the file was refused: the list in use before then stays in use."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="code of the list, such as un; see screening/data/sources.yaml")
        parser.add_argument(
            "place", nargs="?", default="", help="file, folder or https address; the publisher's if left out"
        )
        parser.add_argument("--override", default="", metavar="REASON", help="serve in spite of findings")

    def handle(self, *args: Any, code: str, place: str, override: str, **options: Any) -> None:
        lists.load_sources()
        source = ListSource.objects.filter(pk=code).first()
        if source is None:
            known = ", ".join(ListSource.objects.values_list("pk", flat=True))
            raise CommandError(f"There is no list “{code}”. Known lists: {known}.")
        try:
            version = self._receive(source, place)
        except (RuleViolation, ListError) as failure:
            raise CommandError(f"{code}: {failure}") from failure
        except OSError as failure:
            raise CommandError(f"{code}: {place} cannot be read: {failure.strerror}.") from failure
        if version.status == VersionStatus.SERVING:
            self.stdout.write(f"{code}: this file is in use already, as version {version.number}.")
        if override and version.status == VersionStatus.RECEIVED:
            version.override_note = override
            version.save(update_fields=["override_note"])
        version = lists.load_version(version.pk)
        self._report(version)

    def _receive(self, source: ListSource, place: str) -> ListVersion:
        if not place or place.startswith(("https://", "http://")):
            return lists.fetch_list(source, url=place)
        path = Path(place)
        paths = [path]
        if path.is_dir():
            names = [file.name for file in path.iterdir() if file.is_file()]
            paths = [path / name for name in importers.fitting(source.importer, names)]
        with ExitStack() as stack, transaction.atomic():
            files = [(path.name, stack.enter_context(path.open("rb"))) for path in paths]
            return lists.receive_files(source, files, by=None)

    def _report(self, version: ListVersion) -> None:
        is_refused = version.status != VersionStatus.SERVING
        reasons = []
        for finding in version.findings:
            sentence = finding["sentence"] % finding["values"]
            sentence = f"{finding['place']}: {sentence}" if finding["place"] else sentence
            if is_refused and finding["severity"] == "refuse":
                reasons.append(sentence)
            else:
                self.stderr.write(f"warning: {sentence}")
        if is_refused:
            raise CommandError(
                f"{version.source_id}: refused. {' '.join(reasons)} The list in use before stays in use."
            )
        published = f", of {version.published_on}" if version.published_on else ""
        self.stdout.write(
            f"{version.source_id}: version {version.number}{published}, {version.person_count} individuals, "
            f"{version.organization_count} entities, {version.other_count} others, {version.name_count} names"
        )
        self.stdout.write(
            f"{version.added_count} added, {version.removed_count} removed, {version.changed_count} changed"
        )
