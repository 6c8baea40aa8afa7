"""The rules of the house that a reviewer would otherwise have to remember."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["portal", "focalpoints", "partnerships", "screening"]  # models import leftwards only

# A module imports only from its left, in any app: models ← queries ← services ← views, api, tasks, …
LAYERS = {"models": 0, "queries": 1, "services": 2}
EDGES = 3  # views, api, tasks, admin, commands, forms with queries of their own: whatever is not a layer
PURE = ["screening/names", "screening/lists", "partnerships/matching", "screening/rating.py"]


def modules() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                yield dotted.removesuffix(".__init__"), path


def imports_of(path: Path) -> Iterator[str]:
    """Dotted names a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer_of(dotted: str) -> int | None:
    """0 models, 1 queries, 2 services, 3 the edges; None for modules that are no layer at all."""
    parts = dotted.split(".")
    if len(parts) < 2 or parts[0] not in APPS:
        return None
    if parts[1] in LAYERS:
        return LAYERS[parts[1]]
    is_edge = parts[1] in ("views", "api", "tasks", "admin", "urls", "management") or parts[1].startswith(
        "views"
    )
    return EDGES if is_edge else None


def test_a_module_imports_only_from_its_left():
    wrong = [
        f"{module} imports {name}"
        for module, path in modules()
        for name in imports_of(path)
        if (here := layer_of(module)) is not None
        and (there := layer_of(name)) is not None
        and there > here
        and here < EDGES
    ]
    assert not wrong


def test_models_of_an_app_import_only_models_of_apps_before_it():
    wrong = [
        f"{module} imports {name}"
        for module, path in modules()
        if layer_of(module) == 0
        for name in imports_of(path)
        if name.split(".")[0] in APPS and APPS.index(name.split(".")[0]) > APPS.index(module.split(".")[0])
    ]
    assert not wrong


def test_services_know_no_request_and_no_page():
    wrong = [
        f"{module} imports {name}"
        for module, path in modules()
        if layer_of(module) in (0, 1, 2)
        for name in imports_of(path)
        if name.startswith(("django.http", "django.shortcuts", "rest_framework"))
    ]
    assert not wrong


def test_only_jobs_wake_workers():
    wrong = [
        module
        for module, path in modules()
        if module != "portal.jobs" and re.search(r"\.(delay|apply_async)\(", path.read_text())
    ]
    assert not wrong


def test_only_history_assigns_a_status():
    """`portal.history.move` is the one place; a queryset update of a ledger row is not an assignment."""
    wrong = [
        f"{module}:{node.lineno}"
        for module, path in modules()
        if module != "portal.history"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "status"
    ]
    assert not wrong


@pytest.mark.parametrize("place", PURE)
def test_pure_code_needs_no_database(place):
    path = ROOT / place
    assert path.exists()
    files = path.rglob("*.py") if path.is_dir() else [path]
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in files
        for name in imports_of(file)
        if name.startswith("django.db") or re.match(r"\w+\.(models|queries|services)\b", name)
    ]
    assert not wrong


def test_every_marked_string_is_collected():
    """`makemessages` knows the functions by their own names and by `_`; under any other name it sees none."""
    wrong = []
    for module, path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                wrong += [
                    f"{module}: {one.name} as {one.asname}"
                    for one in node.names
                    if one.asname not in (None, "_")
                ]
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Name)
                and "gettext" in node.value.id
            ):
                wrong.append(f"{module}: {ast.unparse(node)}")
    assert wrong == []


def test_there_are_no_drawers():
    names = {"utils.py", "helpers.py", "mixins.py", "signals.py", "common"}
    assert not [str(path) for _module, path in modules() if names & {path.name, path.parent.name}]


def test_templates_have_nothing_inline():
    wrong = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in (ROOT / "templates").rglob("*.html")
        if "emails" not in path.parts
        for match in re.finditer(
            r"<style|<script>|\sstyle=|\son(click|load|change|submit)=|hx-on|\|safe\b", path.read_text()
        )
    ]
    assert not wrong


def test_only_tokens_have_raw_colours():
    wrong = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in (ROOT / "static" / "css").rglob("*.css")
        if path.name not in ("tokens.css", "site.css")  # site.css is the bundle of all
        for match in re.finditer(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", path.read_text())
    ]
    assert not wrong


def test_no_path_of_a_machine_in_the_project():
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    pattern = re.compile(r"(?<![\w.:/-])/(work|farm|root|home)/\w")
    wrong = []
    for name in filter(None, files):
        path = ROOT / name
        if (
            path.suffix in (".py", ".md", ".toml", ".html", ".yml", ".yaml", ".css", ".js", "")
            and path.is_file()
        ):
            text = path.read_text(errors="ignore")
            wrong += [
                f"{name}: {match[0]}"
                for match in pattern.finditer(text)
                if name != "tests/test_architecture.py"
            ]
    assert not wrong
