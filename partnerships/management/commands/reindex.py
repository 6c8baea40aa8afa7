from django.core.management.base import BaseCommand

from partnerships import search


class Command(BaseCommand):
    help = "Write what the search knows of every record anew, after a change of what is indexed."

    def handle(self, **options) -> None:
        self.stdout.write(f"{search.reindex_all()} records are listed.")
