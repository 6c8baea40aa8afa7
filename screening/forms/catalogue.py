from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import offer_choices
from screening.labels import ANSWERS, RATINGS, TYPES
from screening.rating import Catalogue

SCALE_OF = {
    "exclusionary": "exclusion",
    "high_risk_sector": "involvement",
    "risk_factor": "severity",
    "positive": "strength",
}


class CriterionForm(forms.Form):
    """The words and the weight of one criterion of a draft."""

    title = forms.CharField(label=_("Title"), max_length=200)
    question = forms.CharField(label=_("Question"), max_length=1000, widget=forms.Textarea({"rows": 2}))
    guidance = forms.CharField(
        label=_("Guidance"), required=False, max_length=4000, widget=forms.Textarea({"rows": 4})
    )
    scope = forms.ChoiceField(
        label=_("Who is asked"),
        choices=[("common", _("Every company")), ("optional", _("Only where an entity switches it on"))],
    )
    critical = forms.BooleanField(label=_("Critical: one answer “high” gives a high rating"), required=False)
    anchor = forms.BooleanField(label=_("Anchor: needed for the credit"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def values(self) -> dict[str, Any]:
        """What `services.catalogue.edit_criterion` takes; switches that are off are left out."""
        data = {**self.cleaned_data}
        del data["revision"]
        switches = {name: data.pop(name) for name in ("critical", "anchor")}
        return data | {name: True for name, is_on in switches.items() if is_on}


class NewCriterionForm(CriterionForm):
    field_order = ["code", "type", "title", "question", "guidance", "scope"]
    code = forms.RegexField(
        r"^[ESRP]-[A-Z]{3}-\d{2}$",
        label=_("Code"),
        help_text=_("A letter for the type, three letters, a number: R-WAT-01"),
    )
    type = forms.ChoiceField(label=_("Type"), choices=list(TYPES.items()))

    def clean(self):
        data = super().clean() or {}
        letter = {"exclusionary": "E", "high_risk_sector": "S", "risk_factor": "R", "positive": "P"}
        if data.get("code") and data.get("type") and not data["code"].startswith(letter[data["type"]]):
            self.add_error("code", _("The code of this type begins with another letter"))
        return data

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
        code_type = values["type"]
        del values["code"]
        return values | {"scale": SCALE_OF[code_type], "dimension": "cross_cutting"}


class OverlayForm(forms.Form):
    """What an entity asks beyond the common criteria. Every choice here tightens; none can loosen."""

    marks_optional = False

    activate_optional = forms.MultipleChoiceField(
        label=_("Optional criteria switched on"), required=False, widget=forms.CheckboxSelectMultiple
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, known: Catalogue, changes: dict[str, Any], **kwargs):
        super().__init__(*args, **kwargs)
        self.known, self.changes = known, changes
        optional = [
            (item.code, f"{item.code} {item.title}") for item in known.criteria.values() if item.is_optional
        ]
        offer_choices(self, activate_optional=optional)
        self.fields["activate_optional"].initial = changes.get("activate_optional", [])
        floors, excluding = changes.get("raise_floor", {}), changes.get("make_exclusionary", [])
        for item in known.criteria.values():
            if item.type == "high_risk_sector":
                self._add_choice(
                    f"floor-{item.code}",
                    _("%(code)s at core: at least") % {"code": f"{item.code} {item.title}"},
                    [(code, RATINGS[code]) for code in known.ratings],
                    floors.get(item.code, {}).get("core", ""),
                )
            elif item.type == "risk_factor":
                at = next((row["at"] for row in excluding if row["criterion"] == item.code), "")
                self._add_choice(
                    f"exclude-{item.code}",
                    _("%(code)s excludes from") % {"code": f"{item.code} {item.title}"},
                    [(answer, ANSWERS[answer]) for answer in ("medium", "high")],
                    at,
                )
        for rating in known.ratings[:-1]:
            months = changes.get("shorten_validity", {}).get(rating)
            self.fields[f"months-{rating}"] = forms.IntegerField(
                label=_("Months valid at “%(rating)s”") % {"rating": RATINGS[rating]},
                required=False,
                min_value=1,
                max_value=24,
                initial=months,
            )
        for tier, label in (
            ("light", _("light")),
            ("standard", _("standard")),
            ("strategic", _("strategic")),
        ):
            self._add_choice(
                f"depth-{tier}",
                _("%(tier)s: depth of work, at least") % {"tier": label},
                [(code, code) for code in known.levels],
                changes.get("raise_dd_level", {}).get(tier, ""),
            )
            self._add_choice(
                f"level-{tier}",
                _("%(tier)s: decision level, at least") % {"tier": label},
                [(code, code) for code in ("L1", "L2", "L3", "L4")],
                changes.get("restrict_decision_level", {}).get(tier, ""),
            )

    def _add_choice(self, name: str, label, choices: list, initial: str) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label, required=False, choices=[("", _("As the common rule")), *choices], initial=initial
        )

    @property
    def values(self) -> dict[str, Any]:
        """The overlay in the layout of the catalogue; what this form does not show stays as it was."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value not in ("", None, [])}

        def part(prefix: str) -> dict[str, Any]:
            return {
                name.removeprefix(f"{prefix}-"): value
                for name, value in chosen.items()
                if name.startswith(f"{prefix}-")
            }

        kept = {
            name: self.changes[name]
            for name in ("lower_count_threshold", "add_criterion", "extend_look_back")
            if name in self.changes
        }
        floors = {
            code: {**self.changes.get("raise_floor", {}).get(code, {}), "core": rating}
            for code, rating in part("floor").items()
        }
        return kept | {
            "activate_optional": chosen.get("activate_optional", []),
            "raise_floor": floors,
            "make_exclusionary": [{"criterion": code, "at": at} for code, at in part("exclude").items()],
            "shorten_validity": part("months"),
            "raise_dd_level": part("depth"),
            "restrict_decision_level": part("level"),
        }


class PublishForm(forms.Form):
    note = forms.CharField(
        label=_("What changes, and why"),
        help_text=_("Public, beside the version"),
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Say what changes, and why")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class OverlayNameForm(forms.Form):
    name = forms.RegexField(
        r"^[a-z][a-z0-9_]{2,59}$",
        label=_("Name of a new overlay"),
        help_text=_("Small letters and underscores: water_programme"),
        error_messages={"invalid": _("Use small letters, digits and underscores, at least three")},
    )
