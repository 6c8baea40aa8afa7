"""Brings the database to this release: migrations, reference data and, on the first start, the demo.

Runs as a process of its own, so that the supervisor stays small. It leaves a note of how far it came; a
start that finds the note of the same release and database skips it altogether.
"""

import hashlib
import json
import os
from typing import Any

from portal.one_machine.data_folder import PROJECT, CannotStart, DataFolder, read_json, write_private

APPS = ("portal", "focalpoints", "partnerships", "screening")


def release() -> str:
    """A digest of all that decides what the database should hold, and of which database it is."""
    digest = hashlib.sha256()
    for name in ("DATABASE_URL", "DATABASE_URL_FILE", "DEMO"):
        digest.update(os.environ.get(name, "").encode())
    files = [PROJECT / "uv.lock"]
    for app in APPS:
        files += (PROJECT / app / "migrations").glob("*.py")
        files += (path for path in (PROJECT / app / "data").rglob("*") if path.is_file())
    for path in sorted(files):
        digest.update(str(path.relative_to(PROJECT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def progress(data: DataFolder) -> dict[str, Any]:
    """How far the database is: `schema` and `content` name the release each was brought to."""
    return read_json(data.path / "prepared.json")


def main() -> None:
    data, this_release = DataFolder.from_environment(), release()
    note = data.path / "prepared.json"
    note.unlink(missing_ok=True)

    import django

    django.setup()

    from django.conf import settings
    from django.core.management import call_command

    from portal.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
    from portal.management.commands.doctor import trigrams
    from portal.models import User

    call_command("migrate", interactive=False, skip_checks=True)
    finds_names, sentence = trigrams()
    if not finds_names:
        raise CannotStart(sentence)
    write_private(note, json.dumps({"schema": this_release}))

    call_command("load_reference")
    if settings.DEMO and not User.objects.exists():
        call_command("load_demo")
    demo_emails = set(User.objects.filter(is_demo=True).values_list("email", flat=True))
    accounts = [(str(a.role_label), a.email) for a in DEMO_ACCOUNTS if a.email in demo_emails]
    prepared = {
        "schema": this_release,
        "content": this_release,
        "accounts": accounts,
        "password": DEMO_PASSWORD,
    }
    write_private(note, json.dumps(prepared))


if __name__ == "__main__":
    main()
