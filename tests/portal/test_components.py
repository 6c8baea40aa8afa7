import hashlib
import re
import runpy
import shutil
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils import translation

from portal.templatetags.portal import (
    ICONS,
    STATUS_LOOKS,
    amount,
    balance,
    marked_against,
    score_parts,
    signed,
    with_initials,
)

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
CSS = ROOT / "static" / "css"


def draw(source: str, **context) -> str:
    return Template(source).render(Context(context))


def test_the_committed_stylesheet_is_the_bundle_of_its_sources():
    bundle = runpy.run_path(str(ROOT / "assets" / "bundle.py"))["bundle"]
    assert (CSS / "site.css").read_text() == bundle() + "\n", "Run python3 assets/bundle.py"


def test_vendored_files_are_those_that_vendor_md_names():
    rows = re.findall(
        r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", (ROOT / "static/VENDOR.md").read_text(), re.M
    )
    assert len(rows) == 5
    for path, checksum in rows:
        assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == checksum, path


def test_raw_colours_stand_in_tokens_only():
    for path in (CSS / "components").glob("*.css"):
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", path.read_text()), path.name


def test_no_template_holds_inline_script_style_or_handlers():
    for path in TEMPLATES.rglob("*.html"):
        if "emails" in path.parts:
            continue
        text = path.read_text()
        assert not re.search(
            r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|<script(?![^>]*\ssrc=)(?![^>]*json)", text
        ), path


def test_each_component_says_what_it_takes_and_is_in_the_list():
    listed = (TEMPLATES / "components" / "README.md").read_text()
    frame = {
        "nav",
        "tools",
        "messages",
        "foot",
        "foot_slim",
        "crumbs",
        "form",
        "tiles",
        "heat_table",
        "languages",
    }
    for path in (TEMPLATES / "components").glob("*.html"):
        first = path.read_text().splitlines()[0]
        assert first.startswith(f"{{# components/{path.name}: "), path.name
        assert path.stem in frame or f"`{path.stem}`" in listed or f"% {path.stem} " in listed, path.name


def test_classes_of_the_style_sheet_are_the_ones_templates_use():
    """A class that a component writes has a rule; a typing slip would show as unstyled text."""
    rules = (CSS / "site.css").read_text() + (ROOT / "static/vendor/govuk/govuk.css").read_text()
    drawn = [ROOT / "portal" / "templatetags" / "lists.py"]
    for path in [*(TEMPLATES / "components").glob("*.html"), *(TEMPLATES / "forms").glob("*.html"), *drawn]:
        for names in re.findall(r'class="([^"{]+)"', path.read_text()):
            for name in names.split():
                if name.startswith(("cg-", "govuk-")):
                    assert f".{name}" in rules, f"{path.name}: {name}"


def test_an_icon_is_hidden_from_assistive_technology_and_arrows_turn():
    assert 'aria-hidden="true"' in draw('{% icon "check" %}')
    assert "cg-i--turn" in draw('{% icon "next" %}')
    assert "cg-i--turn" not in draw('{% icon "check" %}')


def test_every_status_has_an_icon_that_exists():
    assert {icon for _tone, icon in STATUS_LOOKS.values()} <= set(ICONS)
    assert {tone for tone, _icon in STATUS_LOOKS.values()} <= {"", "ok", "wait", "stop", "hold", "info"}


def test_every_status_of_the_models_has_a_look():
    ours = {"portal", "focalpoints", "partnerships", "screening"}
    fields = (
        field for model in apps.get_models() if model._meta.app_label in ours for field in model._meta.fields
    )
    values = {
        value for field in fields if field.name in ("status", "outcome") for value, _ in field.flatchoices
    }
    assert {value for value in values if value} - set(STATUS_LOOKS) == set(), "Add them to STATUS_LOOKS."


def test_a_status_is_a_word_with_a_shape():
    html = render_to_string("components/status_tag.html", {"status": "declined", "label": "Declined"})
    assert "cg-tag--stop" in html
    assert "<svg" in html
    assert "Declined" in html
    assert "cg-tag--" not in render_to_string(
        "components/status_tag.html", {"status": "other", "label": "Other"}
    )


def test_crumbs_end_with_this_page():
    html = draw('{% crumbs "Partnerships" "/p/" "P-0001" %}')
    assert '<a href="/p/">Partnerships</a>' in html
    assert '<li aria-current="page">P-0001</li>' in html


def test_block_components_keep_their_content_and_escape_their_arguments():
    html = draw('{% section title=t id="a" %}<p>{{ x }}</p>{% endsection %}', t="<i>", x="<b>")
    assert "&lt;i&gt;" in html
    assert "<p>&lt;b&gt;</p>" in html
    assert 'aria-labelledby="a-title"' in html


def test_letters_that_differ_are_underlined():
    assert marked_against("Orsalla", "Orsala") in ("Orsal<u>l</u>a", "Orsa<u>l</u>la")
    assert marked_against("Maritime", "MARITIME") == "Maritime"
    assert marked_against("<b>a", "A") == "<u>&lt;b&gt;</u>a"
    assert marked_against("Трейдинг", "Trading") == "Трейдинг"
    assert marked_against("Straße", "Strasse") == "Straße"


def test_initials_stand_out_in_the_words_they_begin():
    assert with_initials("Orchard <Vale>") == "<b>O</b>rchard <b>&lt;</b>Vale&gt;"
    assert with_initials("OV") == "OV"


def test_score_bars_are_in_proportion_and_keep_a_decimal_point():
    with translation.override("fr"):
        rows = score_parts([{"label": "a", "got": 1, "of": 3}, {"label": "b", "got": 0, "of": 6}])["rows"]
    assert (rows[0]["of_width"], rows[0]["got_width"], rows[1]["of_width"]) == ("50.0", "16.7", "100.0")


def test_minus_parts_stand_before_the_middle():
    result = balance([{"label": "a", "points": 30}, {"label": "b", "points": -10}])
    plus, minus = result["rows"]
    assert (result["middle"], plus["start"], plus["width"]) == ("25.0", "25.0", "75.0")
    assert (minus["start"], minus["width"]) == ("0.0", "25.0")
    assert balance([])["rows"] == []


def test_signs_and_amounts_are_written_out():
    assert [signed(18), signed(-9), signed(0)] == ["+18", "−9", "0"]
    assert amount(641000, "USD") == "USD 641,000"
    assert amount(None) == "–"


def test_a_name_in_a_list_keeps_its_own_direction():
    assert draw("{{ names|words }}", names=["Nordlyn", "<b>"]) == "<bdi>Nordlyn</bdi>, <bdi>&lt;b&gt;</bdi>"


def test_an_unknown_icon_is_an_error_and_not_a_blank():
    with pytest.raises((KeyError, TemplateSyntaxError)):
        draw('{% icon "smiley" %}')


def test_the_error_pages_need_neither_context_nor_database():
    assert "<h1>Something went wrong on our side</h1>" in render_to_string("500.html")
    maintenance = (TEMPLATES / "503.html").read_text()
    assert "{%" not in maintenance
    assert "{{" not in maintenance
    assert set(re.findall(r'lang="([\w-]+)"', maintenance)) == {"en", "ar", "zh-Hans", "fr", "ru", "es"}


@pytest.mark.parametrize("status", [403, 404, 409, 410, 429])
def test_error_pages_say_the_reason_and_a_way_on(status):
    html = render_to_string(f"{status}.html", {"reason": "The record is <new>.", "wait_minutes": 4})
    assert html.count("<h1") == 1
    assert "<new>" not in html
    if status in (403, 409, 410):
        assert "The record is &lt;new&gt;." in html
    if status == 429:
        assert "Wait 4 minutes" in html


def test_a_stale_edit_shows_both_versions():
    changes = [{"field": "Title", "theirs": "Pumps", "yours": "Solar pumps"}]
    html = render_to_string("409.html", {"changes": changes, "reason": ""})
    assert '<td data-label="Saved now">Pumps</td>' in html
    assert '<td data-label="Yours">Solar pumps</td>' in html


def test_page_budget_for_styles_and_scripts_holds(tmp_path):
    """At most 60 KB compressed for what every page loads; see the page budget in the design."""
    files = ["css/site.css", "vendor/govuk/govuk.css", "vendor/htmx.min.js", "js/portal.js"]
    total = 0
    for name in files:
        packed = shutil.make_archive(str(tmp_path / Path(name).name), "gztar", ROOT / "static", name)
        total += Path(packed).stat().st_size
    assert total < 60_000
