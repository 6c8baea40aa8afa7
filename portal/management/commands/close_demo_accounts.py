from django.core.management.base import BaseCommand

from portal.models import User


class Command(BaseCommand):
    help = "Close every demo account, so that a production server may start on this database."

    def handle(self, *args, **options) -> None:
        count = User.objects.filter(is_demo=True, is_active=True).update(is_active=False)
        self.stdout.write(f"{count} demo accounts closed.")
