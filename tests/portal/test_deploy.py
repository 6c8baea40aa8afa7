"""docker-compose.yml, Dockerfile and Makefile name settings, commands and files that exist.

Neither container nor image can be started in a test; these catch what a rename would break.
"""

import re
import shlex
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from portal.celery import app
from portal.management.commands.doctor import CHECKS, NEWEST_POSTGRES, OLDEST_POSTGRES

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
SETTINGS = (ROOT / "portal" / "settings.py").read_text()
READ_BY_SETTINGS = set(re.findall(r"""\benv(?:\.\w+)?\(\s*["'](\w+)["']""", SETTINGS))
READ_BY_OTHERS = {"DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED", "GLIBC_TUNABLES"}


def words(command: str | list[str]) -> list[str]:
    return shlex.split(command) if isinstance(command, str) else command


def commands(service: dict) -> list[str]:
    """The command lines of a service: what it runs and how its health is asked."""
    lines = [service.get("command", []), service.get("healthcheck", {}).get("test", [])]
    return [" ".join(words(line)) for line in lines if line]


@pytest.mark.parametrize("name", OURS)
def test_compose_sets_what_the_settings_read(name):
    variables = {variable.removesuffix("_FILE") for variable in OURS[name]["environment"]}
    assert variables - READ_BY_SETTINGS - READ_BY_OTHERS == set()
    assert {
        "SECRET_KEY",
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "PORTAL_URL",
        "ALLOWED_HOSTS",
    } <= variables
    assert "DEMO" not in variables


@pytest.mark.parametrize("name", SERVICES)
def test_compose_names_what_it_defines(name):
    service = SERVICES[name]
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    volumes = {volume.split(":")[0] for volume in service.get("volumes", [])}
    assert volumes <= set(COMPOSE["volumes"])
    for value in service.get("environment", {}).values():
        if str(value).startswith("/run/secrets/"):
            assert value.removeprefix("/run/secrets/") in service["secrets"]
    assert "healthcheck" in service or name == "migrate"


def test_compose_keeps_secrets_out_of_the_environment():
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            if re.search("KEY|PASSWORD|DATABASE_URL|EMAIL_URL", variable):
                assert variable.endswith("_FILE"), variable
                assert value.startswith("/run/secrets/"), variable


def test_compose_opens_loopback_ports_only():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_compose_runs_a_postgres_the_doctor_knows():
    version = int(SERVICES["postgres"]["image"].partition(":")[2])
    assert OLDEST_POSTGRES <= version <= NEWEST_POSTGRES


def test_every_queue_has_a_worker_that_is_asked_for_its_health():
    consumed = set()
    for service in OURS.values():
        for line in commands(service):
            consumed.update(re.findall(r"--queues=(\w+)", line))
    assert consumed == {"default", "screening"}
    for name in ("worker", "worker-screening"):
        command, health = commands(OURS[name])
        assert "--app=portal" in command
        queue = re.search(r"--hostname=(\w+)@", command)[1]
        assert f"--destination={queue}@" in health
    assert app.conf.task_default_queue in consumed


def management_commands() -> set[str]:
    sources = [MAKEFILE, DOCKERFILE, *(line for service in OURS.values() for line in commands(service))]
    return {name for text in sources for name in re.findall(r"manage\.py (\w+)", text)}


def test_management_commands_exist():
    assert {"migrate", "load_reference", "collectstatic", "makemigrations", "check"} <= management_commands()
    assert management_commands() <= set(get_commands())


def test_the_checks_asked_of_the_doctor_exist():
    (asked,) = re.findall(r"manage\.py doctor ([\w ]+)", " ".join(commands(OURS["migrate"])))
    assert set(asked.split()) <= set(CHECKS)


def test_dockerfile_names_what_exists():
    stages = set(re.findall(r"^FROM \S+ AS (\w+)", DOCKERFILE, re.M))
    assert set(re.findall(r"from=(\w+)", DOCKERFILE)) <= stages
    for line in re.findall(r"^COPY (?!--)(.+)$", DOCKERFILE, re.M):
        *sources, _target = line.split()
        assert [source for source in sources if not (ROOT / source).exists()] == []
    environment = re.search(r"^ENV (.+)$", DOCKERFILE, re.M)[1]
    assert {pair.split("=")[0] for pair in environment.split()} <= READ_BY_SETTINGS | READ_BY_OTHERS
    module, _, name = re.search(r'"(portal\.wsgi:\w+)"', DOCKERFILE)[1].partition(":")
    assert f"{name} = " in Path(import_module("portal").__path__[0], f"{module.split('.')[1]}.py").read_text()


def test_uv_is_pinned_once():
    pins = set(re.findall(r"(?:uv==|UV_VERSION := )([\d.]+)", DOCKERFILE + MAKEFILE))
    assert len(pins) == 1


def test_make_offers_and_installs_what_exists():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    targets = set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.M))
    assert targets == {"help", "run", "test", "bench", "assets", "messages"}
    assert set(re.findall(r"--extra (\w+)", MAKEFILE)) <= set(project["project"]["optional-dependencies"])
    assert set(re.findall(r"--group (\w+)", MAKEFILE)) <= set(project["dependency-groups"])
    languages = re.search(r"^LANGUAGES := (.+)$", MAKEFILE, re.M)[1].split()
    offered = set(re.findall(r'^    \("([\w-]+)", ', SETTINGS, re.M)) - {"en"}
    assert {language.lower().replace("_", "-") for language in languages} == offered
