from django.core.management.base import BaseCommand

from portal.reference import load_reference


class Command(BaseCommand):
    help = "Load countries, goals, sectors, UN entities and roles from the files that ship with the portal."

    def handle(self, *args, **options) -> None:
        counts = load_reference()
        self.stdout.write(", ".join(f"{count} {what}" for what, count in counts.items()) + ".")
