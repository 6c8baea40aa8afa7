from importlib import import_module

import pytest
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


@pytest.mark.parametrize("name", sorted(declared()))
@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.django_db
def test_answers_are_as_declared(client, name, persona):
    row = declared()[name]
    world = base_world()
    for app in APPS:
        import_module(f"tests.{app}.access").build(world)
    user = world.users[persona]
    found = {}
    for method in ("get", "post"):
        client.logout()
        if user:
            client.force_login(user)
            session = client.session
            session["second_factor"] = True
            session.save()
        data = row.post_data(world) if method == "post" else {}
        response = getattr(client, method)(reverse(name, args=row.args(world)), data)
        found[method] = str(response.status_code)
        if response.status_code == 302 and response["Location"].startswith("/account/login/"):
            found[method] = "login"
        if name != "static":
            assert "default-src 'none'" in response["Content-Security-Policy"]
            assert response["X-Content-Type-Options"] == "nosniff"
    index = PERSONAS.index(persona)
    assert found == {method: row.answers(method)[index] for method in ("get", "post")}
