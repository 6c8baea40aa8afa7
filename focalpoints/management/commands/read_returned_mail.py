from django.core.management.base import BaseCommand

from focalpoints.services.bounces import read_mailbox


class Command(BaseCommand):
    help = "Count the bounces and complaints in the mailbox of returned mail (BOUNCE_MAILBOX) and empty it."

    def handle(self, *args, **options) -> None:
        counts = read_mailbox()
        self.stdout.write(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "nothing")
