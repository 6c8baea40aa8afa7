"""The style guide: every component in its states, so that a change of look is seen in one place."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import figures
from portal.forms import ChoiceCards, DateParts, HintedCheckboxes

GOALS = {2: "Zero hunger", 6: "Clean water and sanitation", 8: "Decent work and economic growth"}
RECORDS_BY_GOAL = {
    "No poverty": 2,
    "Zero hunger": 4,
    "Quality education": 7,
    "Life below water": 0,
    "Partnerships for the goals": 15,
}
RECORDS_BY_YEAR = {1999: 2, 2000: 3, 2001: 6, 2002: 9, 2003: 12, 2004: 4, 2005: 1, 2006: 7}
KINDS = [("goods", "Goods"), ("skills", "Skills or staff time"), ("money", "Money")]


class SampleForm(forms.Form):
    """One field of each kind, with values that raise the errors shown in the guide."""

    title = forms.CharField(label="Short title", help_text="Up to 80 characters", max_length=80)
    kind = forms.MultipleChoiceField(
        label="What kind of help is it?",
        choices=KINDS,
        widget=HintedCheckboxes(hints={"goods": "Fit for use, not expired, with spare parts"}),
    )
    quantity = forms.IntegerField(
        label="How many?",
        help_text="A whole number",
        error_messages={"invalid": "Enter how many you can give, for example 400"},
    )
    unit = forms.ChoiceField(label="Unit", choices=[("pumps", "pumps"), ("kits", "kits")], required=False)
    scope = forms.ChoiceField(
        label="Where can you deliver?",
        choices=[("one", "One country"), ("many", "Several")],
        widget=forms.RadioSelect,
    )
    description = forms.CharField(
        label="Describe it",
        help_text="What it does and its condition",
        widget=forms.Textarea({"rows": 4}),
        required=False,
    )
    until = forms.DateField(
        label="Until when does the offer stand?",
        widget=DateParts,
        error_messages={"invalid": "Enter a real date, for example 28 2 2027"},
    )
    document = forms.FileField(label="A document", required=False)
    email = forms.EmailField(label="E-mail for questions", required=False)
    agree = forms.BooleanField(
        label="What is written here is true", help_text="You can correct it until a decision"
    )


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label="Decision",
        choices=[("true", "True match"), ("false", "False positive"), ("open", "Inconclusive")],
        initial="false",
        widget=ChoiceCards(
            consequences={
                "true": "The criterion is met. It blocks approval.",
                "false": "Another company or person. You say why.",
                "open": "More is needed. The criterion stays open.",
            },
            keys={"true": "t", "false": "f", "open": "i"},
            hides_legend=True,
        ),
    )


@require_safe
@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """The guide. `?frame=work` shows it in the frame of inside pages. Its sample texts are English."""
    wrong = {
        "title": "Solar water pumps for rural clinics",
        "kind": ["goods", "skills"],
        "quantity": "about 400",
        "until_day": "30",
        "until_month": "2",
        "until_year": "2027",
    }
    context = {
        "layout": "work.html" if request.GET.get("frame") == "work" else "base.html",
        "form": SampleForm(wrong),
        "decision_form": DecisionForm(),
        "drawings": drawings(),
        **samples(),
    }
    return render(request, "portal/styleguide.html", context)


def drawings() -> dict[str, SafeString]:
    by_goal = [
        figures.Item(label, value, url="#", key=str(key), is_main=value == 15)
        for key, (label, value) in zip((1, 2, 4, 14, 17), RECORDS_BY_GOAL.items(), strict=True)
    ]
    by_year = [figures.Item(str(year), value, is_main=value == 12) for year, value in RECORDS_BY_YEAR.items()]
    years = [str(year) for year in RECORDS_BY_YEAR]
    series = [
        figures.Series("Advocacy", [2, 2, 4, 5, 7, 3, 1, 4]),
        figures.Series("Core business", [0, 1, 2, None, None, 1, 0, 3]),
    ]
    places = [
        figures.Place(code, count)
        for code, count in (("024", 2), ("356", 2), ("404", 1), ("076", 1), ("798", 1))
    ]
    return {
        "bars": figures.bars(
            by_goal, id="bars", title=_("Records by goal"), description=_("The table holds the same.")
        ),
        "columns": figures.columns(
            by_year, id="columns", title="Records by year", description="Twelve in 2003."
        ),
        "lines": figures.lines(
            years, series, id="lines", title="Records by type and year", description="Two lines."
        ),
        "world": figures.world(
            places, id="map", title="Countries named", description="Five countries, two twice."
        ),
        "tiles": figures.tiles(
            [
                (
                    "Sub-Saharan Africa",
                    [figures.Tile("AGO", "Angola", 2, "#"), figures.Tile("KEN", "Kenya", 1, "#")],
                ),
                ("Polynesia", [figures.Tile("TUV", "Tuvalu", 1, "#"), figures.Tile("WSM", "Samoa", 0, "#")]),
            ]
        ),
        "heat": figures.heat_table(
            "Region",
            ["2001", "2002", "2003"],
            [("Africa", [2, 5, 9]), ("Asia", [0, 1, 4])],
            caption="Records by region",
        ),
    }


def samples() -> dict:
    """Made-up values for the components; the companies do not exist."""
    return {
        "tones": [
            ("", "none", "Neutral"),
            ("info", "half", "Draft"),
            ("ok", "check", "Complete"),
            ("wait", "clock", "Today"),
            ("stop", "stop", "2 days late"),
            ("hold", "pause", "Clock paused"),
        ],
        "ratings": ["low", "moderate", "substantial", "high", "excluded"],
        "goals": [{"number": number, "title": title, "url": "#"} for number, title in GOALS.items()],
        "meta": ["Uganda", "Since 1995"],
        "options": [
            {"value": "a", "label": "Core business and value chain", "count": 9, "is_on": True},
            {"value": "b", "label": "Social investment and philanthropy", "count": 15, "is_on": False},
            {"value": "c", "label": "Advocacy and public policy", "count": 0, "is_on": False},
        ],
        "chips": [{"label": "Core business and value chain", "url": "#"}],
        "sorts": [
            {"label": "Newest", "url": "#", "is_current": True},
            {"label": "Title", "url": "#", "is_current": False},
        ],
        "downloads": [{"label": "CSV", "url": "#"}, {"label": "JSON", "url": "#"}],
        "pairs": [
            {"left": "Orsala", "right": "Orsalla", "relation": "one letter more", "kind": "near"},
            {"left": "Maritime", "right": "Maritime", "relation": "same", "kind": "same"},
            {"left": "Trading", "right": "", "relation": "not there", "kind": "miss"},
            {"left": "LLC", "right": "Co", "relation": "legal form", "kind": "weak"},
        ],
        "signed_parts": [
            {"label": "Words that agree", "points": 41},
            {"label": "The rare word, Orsala", "points": 29},
            {"label": "Country differs", "points": -9},
            {"label": "Address differs", "points": -4},
        ],
        "earned_parts": [
            {"label": "Goal targets", "got": 25, "of": 25},
            {"label": "Themes", "got": 16, "of": 20},
            {"label": "Track record", "got": 0, "of": 5},
        ],
        "ladder": [
            {
                "title": "Exclusion",
                "text": "No exclusionary criterion is met.",
                "codes": ["E_met = 0"],
                "outcome": "Go on",
            },
            {
                "title": "Base",
                "text": "Two risk factors at medium.",
                "codes": ["R_med = 2", "S_core = 1"],
                "outcome": "Substantial",
                "status": "substantial",
                "bare": True,
            },
            {
                "title": "Entity overlay",
                "text": "The stricter one counts.",
                "codes": [],
                "outcome": "High",
                "status": "high",
            },
        ],
        "scale": [
            {"label": "Low"},
            {"label": "Moderate", "note": "common rating", "state": "was"},
            {"label": "Substantial", "note": "for this entity", "state": "on"},
            {"label": "High"},
            {"label": "Excluded"},
        ],
        "steps": [
            {"label": "Organization", "url": "#", "status": "done", "status_label": "Done"},
            {
                "label": "Your offer",
                "url": "#",
                "status": "to_fix",
                "status_label": "Two to fix",
                "is_current": True,
            },
            {"label": "Conduct questions", "url": "#", "status": "part", "status_label": "Half done"},
            {"label": "Documents", "url": "#", "status": "not_started", "status_label": "Not started"},
            {"label": "Declarations", "url": "", "status": "locked", "status_label": "After the others"},
        ],
        "answers": [
            {"term": "Short title", "value": "Solar water pumps for rural clinics", "url": "#"},
            {"term": "Quantity", "value": "", "url": "#"},
        ],
        "checks": [
            {"label": "Benefit and cost note", "state": "ok"},
            {"label": "Country office opinion", "note": "Asked 12 November", "state": "wait"},
            {"label": "Arabic edition is missing one block", "state": "stop"},
        ],
        "colours": [
            "night",
            "deep",
            "link",
            "sea",
            "sky",
            "mist",
            "paper",
            "sand",
            "rule",
            "ink",
            "ink-2",
            "ink-3",
            "here",
        ],
        "table": {
            "caption": "Records by goal",
            "head": ["Goal", "Records"],
            "rows": list(RECORDS_BY_GOAL.items()),
        },
        "tabs": [("English", "en"), ("Français", "fr"), ("العربية", "ar")],
    }
