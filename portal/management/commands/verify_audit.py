from django.core.management.base import BaseCommand, CommandError

from portal import audit
from portal.models import AuditSeal


class Command(BaseCommand):
    help = "Prove that no audit event was edited, deleted, reordered or cut off."

    def handle(self, *args, **options) -> None:
        faults = list(audit.faults())
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"The audit trail is not whole: {len(faults)} faults, the first one above.")
        self.stdout.write(f"The audit trail is whole: {AuditSeal.objects.count()} events.")
