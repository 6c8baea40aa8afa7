from importlib import import_module

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.demo import create_demo_accounts


class Command(BaseCommand):
    help = "Load the demonstration: accounts, the archive records, fictional companies and a fictional list."

    @transaction.atomic
    def handle(self, *args, **options) -> None:
        try:
            create_demo_accounts()
        except RuntimeError as refusal:
            raise CommandError(str(refusal)) from refusal
        for app in ("focalpoints", "partnerships", "screening"):
            self.stdout.write(import_module(f"{app}.demo").load_demo())
