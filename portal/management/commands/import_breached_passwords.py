from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.breached import write_list


class Command(BaseCommand):
    help = "Keep a published list of stolen passwords, SHA-1 hashes in order: none is taken any more."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, help='lines "HASH:count" in ascending order')

    def handle(self, *args, file: Path, **options) -> None:
        try:
            with file.open(encoding="ascii") as lines:
                count = write_list(lines)
        except (OSError, ValueError) as error:
            raise CommandError(f"{file}: {error}. The list in use stays.") from None
        self.stdout.write(f"{count} passwords are refused from now on.")
