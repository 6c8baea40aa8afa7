"""What each side brings, what it costs, and whether it is worth it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from partnerships.forms.choices import CurrencyField
from partnerships.forms.partnerships.base import RecordForm, RowForm, short, text, yes_no
from partnerships.models import Contribution, Partnership, UNCost
from portal.countries import CountryField


class ContributionRow(RowForm):
    title, new_title, plural = _("Contribution"), _("Add a contribution"), _("Contributions")

    class Meta:
        model = Contribution
        fields = [
            "kind", "giver", "receiver", "bound", "amount", "currency", "usd_value", "rate_on",
            "valuation_method", "quantity", "unit", "is_earmarked", "year", "as_of", "country", "status",
            "note",
        ]  # fmt: skip
        widgets = {
            "amount": short(),
            "usd_value": short(),
            "quantity": short(),
            "year": short(4),
            "as_of": short(),
        }
        labels = {"note": _("What it is for")}
        help_texts = {
            "usd_value": _("At the rate of its day; left empty for sums in USD"),
            "bound": _("For a sum that is known in part, such as “more than 3 million”"),
            "valuation_method": _("For goods, time and skills that carry a value"),
        }

    currency = CurrencyField(strip=True)
    is_earmarked = yes_no(_("Earmarked"))
    country = CountryField(label=_("Place"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        amount = cleaned.get("amount")
        if amount is not None and amount <= 0:
            self.add_error("amount", _("Enter an amount above zero"))
        elif amount and not cleaned.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Enter the currency of the amount"))
        if amount and cleaned.get("currency") == "USD":
            cleaned["usd_value"] = amount
        elif cleaned.get("usd_value") and not cleaned.get("rate_on") and "rate_on" not in self.errors:
            self.add_error("rate_on", _("Enter the day of the rate behind the value in dollars"))
        return cleaned


class UNCostRow(RowForm):
    title, new_title, plural = (
        _("Cost"),
        _("Add a cost of the United Nations"),
        _("Costs of the United Nations"),
    )

    class Meta:
        model = UNCost
        fields = ["kind", "staff_days", "amount", "currency", "note"]
        widgets = {"staff_days": short(5), "amount": short()}

    currency = CurrencyField(strip=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("amount") and not cleaned.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Enter the currency of the amount"))
        if not cleaned.get("amount") and not cleaned.get("staff_days") and not self.errors:
            self.add_error("staff_days", _("Enter staff days, an amount, or both"))
        return cleaned


class ContributionsForm(RecordForm):
    heading = _("Contributions")
    lead = _("What each side brings, and what it costs. Cash and contributions in kind are never added up.")
    rows = {"contributions": ContributionRow, "un_costs": UNCostRow}

    class Meta:
        model = Partnership
        fields: list[str] = []


class BalanceForm(RecordForm):
    heading = _("Benefits and costs")
    lead = _("Written down before anything is agreed: would it be worth it, and does it need the UN?")

    class Meta:
        model = Partnership
        fields = [
            "expected_benefits", "expected_costs", "transaction_cost_days", "alternatives",
            "un_presence_needed", "benefits_outweigh", "balance_conclusion", "balance_made_on",
            "balance_made_by_role",
        ]  # fmt: skip
        widgets = {
            "expected_benefits": text(),
            "expected_costs": text(),
            "transaction_cost_days": short(4),
            "alternatives": text(3),
            "balance_conclusion": text(3),
        }
        help_texts = {
            "expected_costs": _("Money, staff days and risks of each side"),
            "transaction_cost_days": _("For talks, screening, the agreement and reports"),
            "alternatives": _("A grant, a purchase, a partner without the UN, or nothing at all"),
            "balance_made_by_role": _("A role, such as “chief of partnerships”, and no name"),
        }

    un_presence_needed = yes_no(_("Does it need the United Nations?"))
    benefits_outweigh = yes_no(
        _("Conclusion"),
        ("", _("Not yet drawn")),
        ("true", _("The benefits outweigh the costs")),
        ("false", _("The costs outweigh the benefits")),
    )
