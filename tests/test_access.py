import re
from importlib import import_module

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.template.base import NodeList
from django.template.loader import get_template
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access import PERSONAS, Row, base_world

APPS = ["portal", "focalpoints", "partnerships", "screening"]
# Routes of packages, whose own tests cover them; ours start from their settings.
OF_PACKAGES = ("account_", "mfa_", "usersessions_", "socialaccount_")


def all_routes(resolver: URLResolver | None = None, prefix: str = "") -> list[str]:
    names = []
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            names.append(prefix + (pattern.name or str(pattern.pattern)))
        else:
            names += all_routes(pattern, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))
    return names


def declared() -> dict[str, Row]:
    return {name: row for app in APPS for name, row in import_module(f"tests.{app}.access").ROWS.items()}


def test_every_route_has_a_row_and_every_row_a_route():
    routes = {name for name in all_routes() if not name.startswith(OF_PACKAGES)}
    assert routes == set(declared())


@pytest.fixture
def blank_refusals(monkeypatch):
    """Refusals without a page: those pages have tests of their own, and here stand two thousand times."""
    for status in ("403", "404"):
        monkeypatch.setattr(get_template(f"{status}.html").template, "nodelist", NodeList())


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.usefixtures("blank_refusals")
@pytest.mark.django_db
def test_answers_are_as_declared(client, persona):
    """The world is built once a persona; what each request changed is rolled back."""
    world = base_world()
    for builder in APPS:
        import_module(f"tests.{builder}.access").build(world)
    if user := world.users[persona]:
        client.force_login(user)
        client.get("/")  # the first request of a session writes it down
    signed_in = client.cookies.output()
    wrong = []
    for name, row in declared().items():
        for method in ("get", "post"):
            expected = row.answers(method)[PERSONAS.index(persona)]
            client.cookies.clear()
            client.cookies.load(signed_in.replace("Set-Cookie: ", ""))
            found = answer(client, name, row, method, world)
            if found != expected:
                wrong.append(f"{method} {name}: expected {expected}, found {found}")
    assert wrong == []


GARBAGE = {
    **dict.fromkeys(("type", "status", "country", "entity", "company", "sort", "level", "record"), "x"),
    **dict.fromkeys(("year", "goal", "page", "issue", "meeting", "offer", "need"), "99999999999999999999"),
    **dict.fromkeys(("after", "before", "cursor", "with", "case"), "-1"),
    **dict.fromkeys(("from", "to", "since", "updated_since"), "2026-02-30"),
    "q": "%_'\"\u202e\U0001f4a5",
    "next": "٣",
}


@pytest.mark.django_db
def test_no_address_with_garbage_ends_in_an_error_of_ours(client):
    world = base_world()
    for builder in APPS:
        import_module(f"tests.{builder}.access").build(world)
    user = world.users["focal_own"]
    user.groups.set(Group.objects.all())  # so that every page looks at what it was asked
    client.force_login(user)
    for name, row in declared().items():
        with transaction.atomic():
            response = client.get(reverse(name, args=row.args(world)), GARBAGE)
            assert response.status_code < 500, name
            transaction.set_rollback(True)


# Who read what, how much of a limit is used, how often a link was followed, when a session was last seen.
NOTED = {
    "portal_auditevent",
    "portal_ratebucket",
    "focalpoints_issuelink",
    "usersessions_usersession",
    "django_session",
}
WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')


def answer(client, name: str, row: Row, method: str, world) -> str:
    """The answer as a row declares it. Who only looks changes nothing: prefetchers look too."""
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        data = row.post_data(world) if method == "post" else {}
        response = getattr(client, method)(reverse(name, args=row.args(world)), data)
        if method == "get":
            written = {found[1] for query in queries if (found := WRITE.match(query["sql"]))}
            assert written <= NOTED, f"a GET of {name} writes: {written}"
        assert "default-src 'none'" in response["Content-Security-Policy"], name
        assert response["X-Content-Type-Options"] == "nosniff", name
        transaction.set_rollback(True)
    if response.status_code == 302 and response["Location"].startswith("/account/login/"):
        return "login"
    return str(response.status_code)
