import shutil
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError as BrokerError

from portal.celery import app
from portal.checks import refuse_unsafe_start
from portal.documents import missing_fonts

Finding = tuple[bool, str]

EXTENSIONS = ("btree_gin", "citext", "fuzzystrmatch", "intarray", "pg_trgm", "unaccent")
OLDEST_POSTGRES, NEWEST_POSTGRES = 15, 18
ALIKE_PAIRS = (("Иванов", "Иванова"), ("محمد الحسيني", "محمد الحسينى"))
ALIKE_SIMILARITY = 0.5
WORKER_ANSWER_SECONDS = 3
NEEDED_DISK_MEGABYTES = 500


def database() -> Finding:
    version = connection.cursor().connection.server_version // 10000
    if OLDEST_POSTGRES <= version <= NEWEST_POSTGRES:
        return True, f"PostgreSQL {version} answers."
    return False, f"PostgreSQL {version} answers; tested are {OLDEST_POSTGRES} to {NEWEST_POSTGRES}."


def migrations() -> Finding:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        return False, f"{len(pending)} migrations are pending. Run: manage.py migrate"
    return True, "The tables are those of this release."


def extensions() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        missing = set(EXTENSIONS) - {name for (name,) in cursor.fetchall()}
    if missing:
        return (
            False,
            f"The database lacks the extensions {', '.join(sorted(missing))}. Run: manage.py migrate",
        )
    return True, f"The extensions {', '.join(EXTENSIONS)} are there."


def trigrams() -> Finding:
    """With lc_ctype C, pg_trgm finds no trigrams outside ASCII and says nothing."""
    with connection.cursor() as cursor:
        for one, other in ALIKE_PAIRS:
            cursor.execute("SELECT similarity(%s, %s)", [one, other])
            if cursor.fetchone()[0] <= ALIKE_SIMILARITY:
                return False, (
                    f"Names outside Latin script are not found: {one} and {other} share nothing. "
                    "The database needs the locale C.UTF-8; make it anew with that one."
                )
    return True, "Names in Cyrillic and Arabic are found."


def broker() -> Finding:
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        return False, "There is no broker: no portal runs on this data. Start it with: make run"
    with app.connection_for_write() as broker_connection:
        broker_connection.ensure_connection(max_retries=1, timeout=WORKER_ANSWER_SECONDS)
        return True, f"The broker answers ({broker_connection.transport.driver_type})."


def workers() -> Finding:
    answers = app.control.ping(timeout=WORKER_ANSWER_SECONDS)
    names = sorted(name for answer in answers for name in answer)
    if not names:
        return False, "No worker answers: jobs wait until one is started."
    return True, f"Workers answer: {', '.join(names)}."


def lists() -> Finding:
    from screening.queries import list_freshness

    found = list_freshness()
    if not found:
        return False, "No list is known: nothing can be screened. Run: manage.py load_reference"
    if wanting := [item.sentence for item in found if not item.is_in_order]:
        return False, " ".join(wanting)
    return True, f"{sum(not item.is_missing for item in found)} lists are in use, none older than it may be."


def mail() -> Finding:
    get_connection().open()
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return True, f"The mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} answers."
    return True, f"Mail goes to {settings.EMAIL_BACKEND}."


def fonts() -> Finding:
    if missing := missing_fonts():
        return False, (
            f"Documents cannot show every name: {', '.join(missing)} is missing. "
            "Install it with: apt-get install fonts-noto-core fonts-noto-cjk"
        )
    return True, "Documents show names in every script."


def disk() -> Finding:
    folder = next(path for path in (settings.PORTAL_DATA, *settings.PORTAL_DATA.parents) if path.exists())
    free = shutil.disk_usage(folder).free // 1024**2
    is_enough = free >= NEEDED_DISK_MEGABYTES
    return is_enough, f"{free} MB are free for {settings.PORTAL_DATA}" + (
        "." if is_enough else f"; {NEEDED_DISK_MEGABYTES} MB should be."
    )


def safety() -> Finding:
    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as refusal:
        return False, str(refusal)
    if settings.DEMO:
        return True, "Demo mode: this machine only, anybody here may sign in as anybody."
    return True, "The key is this server's own and no demo account is open."


CHECKS: dict[str, Callable[[], Finding]] = {
    check.__name__: check
    for check in (
        database,
        migrations,
        extensions,
        trigrams,
        broker,
        workers,
        lists,
        mail,
        fonts,
        disk,
        safety,
    )
}


def examine(check: Callable[[], Finding]) -> Finding:
    """What a check finds; that it cannot find out is a finding too."""
    try:
        return check()
    except (DatabaseError, BrokerError, OSError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return False, f"{check.__name__.capitalize()}: {reason}."


class Command(BaseCommand):
    help = "Say in plain words what is healthy and what is not; ends with 1 where something is not."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"only these: {' '.join(CHECKS)}")

    def handle(self, *args, checks: list[str], **options) -> None:
        if unknown := set(checks) - set(CHECKS):
            raise CommandError(
                f"There is no check {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}."
            )
        sick = 0
        for name in checks or CHECKS:
            is_healthy, sentence = examine(CHECKS[name])
            sick += not is_healthy
            style = self.style.SUCCESS if is_healthy else self.style.ERROR
            self.stdout.write(style("ok    " if is_healthy else "NOT OK") + f"  {sentence}")
        if sick:
            raise CommandError(f"{sick} of {len(checks or CHECKS)} checks failed.")
