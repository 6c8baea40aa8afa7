"""Answers that follow from list hits and company facts, by the rules the criteria state. Pure: no database.

An answer here is final, and no person can give another, where the criterion is answered from lists or by a
rule of the company's facts alone; to change it, one decides the hit or corrects the fact. Where the rule says
`then: reviewer` or only prefills, it is a proposal. A fact that nobody stated gives no answer: the reviewer
answers, so that silence is never taken for "clear".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from screening.rating import Criterion

CORE_SHARE = 10  # per cent of revenue; source: criteria.yaml, scale_notes
SUBJECTS = {  # what a criterion calls the people and firms that are screened
    "company": {"company"},
    "parent": {"parent"},
    "ultimate_parent": {"parent"},
    "beneficial_owners": {"owner"},
    "directors": {"director"},
    "subsidiaries": set[str](),
}


@dataclass(frozen=True)
class ListedHit:
    """A live hit, as far as criteria ask: the criterion of its list, whose name it is, and its outcome."""

    criterion: str
    role: str
    outcome: str
    label: str


@dataclass(frozen=True)
class Done:
    """An activity of the company: ISIC code, part in it, share of revenue in per cent (None: unknown)."""

    isic: str
    role: str
    share: Decimal | None


@dataclass(frozen=True)
class Alleged:
    theme: str
    severity: int
    on: date
    is_answered: bool  # remedied, or dismissed


@dataclass(frozen=True)
class Facts:
    """What is known of a company on a day. `stated` are the fields of its dossier that somebody filled."""

    today: date
    served: frozenset[str] = frozenset()  # criteria for which a list is in use
    missing: frozenset[str] = frozenset()  # criteria of which a required list is missing, or not yet screened
    hits: Sequence[ListedHit] = ()
    activities: Sequence[Done] = ()
    stated: Mapping[str, Any] = field(default_factory=dict)
    owner_shares: Sequence[Decimal | None] = ()
    controversies: Sequence[Alleged] = ()
    compact: str = "not_listed"  # or active, non_communicating, delisted
    compact_since: date | None = None
    compact_report_due: date | None = None
    closed_partnerships: int = 0
    evaluated_partnerships: int = 0
    overdue_reports: int = 0


@dataclass(frozen=True)
class Derived:
    answer: str
    why: str
    is_final: bool = True


def derive(criterion: Criterion, facts: Facts) -> Derived | None:
    """The answer that the criterion's own rule gives for these facts; None where a reviewer must answer."""
    evidence = criterion.evidence
    if evidence["mode"] == "list_match":
        if "map" in evidence:
            return _compact(evidence["map"], facts)
        return _listed(criterion, facts)
    if evidence["mode"] == "company_rule":
        return _by_rule(criterion, evidence["rule"], facts)
    if evidence["mode"] == "disclosure":
        return _disclosed(evidence["fields"], facts)
    if "prefill" in evidence:
        return _from_controversies(evidence["prefill"], facts)
    return None


def _listed(criterion: Criterion, facts: Facts) -> Derived | None:
    roles = set().union(*(SUBJECTS[subject] for subject in criterion.evidence["subjects"]))
    hits = [hit for hit in facts.hits if hit.criterion == criterion.code and hit.role in roles]
    if matched := [hit.label for hit in hits if hit.outcome == "true_match"]:
        return Derived("met", _("A true match: %(hits)s.") % {"hits": "; ".join(matched)})
    if criterion.code in facts.missing:
        return Derived(
            "unresolved", _("A list that is required was missing or out of date, or not screened.")
        )
    if waiting := [hit.label for hit in hits if hit.outcome != "false_positive"]:
        return Derived("unresolved", _("Hits to decide: %(hits)s.") % {"hits": "; ".join(waiting)})
    if criterion.code not in facts.served:
        return None
    if not hits:
        return Derived("clear", _("No hit on its lists."))
    count = len(hits)
    words = ngettext("%(count)d hit, dismissed.", "%(count)d hits, all dismissed.", count)
    return Derived("clear", words % {"count": count})


def _compact(table: Mapping[str, str], facts: Facts) -> Derived:
    """The standing in the Global Compact. Never having joined is neutral."""
    key = facts.compact
    if "active_report_on_time" in table:
        if key == "active" and facts.compact_report_due:
            key = "active_report_on_time" if facts.compact_report_due >= facts.today else "other"
        elif key == "active" and facts.compact_since and _years_since(facts.compact_since, facts.today) < 1:
            key = "active_first_year"
        else:
            key = "other"
    elif key == "delisted" and facts.compact_since and _years_since(facts.compact_since, facts.today) > 5:
        key = "delisted_over_5_years"
    words = {
        "not_listed": _("No standing in the Global Compact is on record, which is neutral."),
        "active": _("Active in the Global Compact."),
        "active_report_on_time": _("Active in the Global Compact, with its report on time."),
        "active_first_year": _("Joined the Global Compact less than a year ago."),
        "non_communicating": _("Non-communicating in the Global Compact."),
        "delisted": _("Delisted from the Global Compact."),
        "delisted_over_5_years": _("Delisted from the Global Compact more than five years ago."),
        "other": _("No active standing with a report on time is on record."),
    }
    return Derived(table[key], words[key])


def _years_since(day: date, today: date) -> float:
    return (today - day).days / 365.25


def _by_rule(criterion: Criterion, rule: Mapping[str, Any], facts: Facts) -> Derived | None:
    is_final = criterion.evidence.get("then") != "reviewer"
    if "unknown_owner_share_over" in rule:
        return _owners(rule, facts)
    if "field" in rule:
        value = facts.stated.get(rule["field"])
        if value is None:
            return None
        answer = rule["gives"] if value == rule["equals"] else "not_shown"
        return Derived(answer, _("Stated in the dossier: %(value)s.") % {"value": value}, is_final)
    if "any_field" in rule:
        stated = [name for name in rule["any_field"] if facts.stated.get(name)]
        if not stated:
            return None
        return Derived(
            rule["gives"], _("Stated in the dossier: %(value)s.") % {"value": ", ".join(stated)}, is_final
        )
    if "registry" in rule:
        return _record(rule, facts)
    if "isic" not in rule and "product_flags" not in rule:
        return None  # flags of countries are kept by nobody yet: the reviewer answers
    if criterion.scale == "involvement":
        return _involvement(rule, facts)
    return _excluded(criterion, rule, facts)


def _owners(rule: Mapping[str, Any], facts: Facts) -> Derived:
    known = sum((share for share in facts.owner_shares if share is not None), Decimal(0))
    unknown = max(Decimal(0), 100 - known)
    limit = rule["unknown_owner_share_over"]
    answer = rule["gives"] if unknown > limit else "none"
    return Derived(
        answer,
        _("Owners of %(known)s%% are stated; %(unknown)s%% are not.")
        % {"known": known.normalize().to_integral() if known else 0, "unknown": f"{unknown:.0f}"},
        False,
    )


def _record(rule: Mapping[str, Any], facts: Facts) -> Derived:
    wanted = rule["registry"]
    has_record = (
        facts.closed_partnerships >= wanted["closed_partnerships_min"]
        and facts.evaluated_partnerships >= 1
        and facts.overdue_reports <= wanted["reports_overdue"]
    )
    values = {
        "closed": facts.closed_partnerships,
        "evaluated": facts.evaluated_partnerships,
        "late": facts.overdue_reports,
    }
    why = _("Registry: %(closed)d closed, %(evaluated)d evaluated, %(late)d reports overdue.") % values
    return Derived(rule["gives"] if has_record else "not_shown", why)


def _touching(
    rule: Mapping[str, Any], facts: Facts, *, roles: Sequence[str] = ()
) -> tuple[list[Done], list[str]]:
    """The activities and the product flags that a rule names."""
    codes = tuple(rule.get("isic", ()))
    done = [
        item
        for item in facts.activities
        if codes and item.isic.startswith(codes) and (not roles or not item.role or item.role in roles)
    ]
    wanted = {*rule.get("product_flags", ()), *rule.get("or_product_flags", ())}
    flags = sorted(wanted & set(facts.stated.get("product_flags") or ()))
    return done, flags


def _is_known(rule: Mapping[str, Any], facts: Facts) -> bool:
    """Whether the facts that the rule looks at were stated, and closely enough to rule it out.

    "Manufacturing" or "13" says nothing of class 1311: a coarse activity may hold what the rule names.
    """
    codes = rule.get("isic", ())
    needs_flags = bool(rule.get("product_flags") or rule.get("or_product_flags"))
    is_coarse = any(
        item.isic.isalpha() or any(code != item.isic and code.startswith(item.isic) for code in codes)
        for item in facts.activities
    )
    knows_activities = not codes or (bool(facts.activities) and not is_coarse)
    return knows_activities and (not needs_flags or "product_flags" in facts.stated)


def _excluded(criterion: Criterion, rule: Mapping[str, Any], facts: Facts) -> Derived | None:
    done, flags = _touching(rule, facts, roles=rule.get("roles", ()))
    over = rule.get("revenue_share_over")
    if over is not None:
        done = [item for item in done if item.share is None or item.share > over]
    if done or flags:
        return Derived(criterion.evidence["outcome"], _because(done, flags))
    if not _is_known(rule, facts):
        return None
    return Derived("clear", _("Neither an activity nor a product on record is of this kind."))


def _involvement(rule: Mapping[str, Any], facts: Facts) -> Derived | None:
    done, flags = _touching(rule, facts)
    core = [
        item
        for item in done
        if item.share is None or item.share >= CORE_SHARE or item.role in rule.get("core_roles", ())
    ]
    if core or (flags and not done):  # a product of unknown share counts as core
        return Derived("core", _because(core, flags))
    if done or flags:
        return Derived("minor", _because(done, flags))
    if not _is_known(rule, facts):
        return None
    return Derived("none", _("No activity on record is of this sector."))


def _because(done: Sequence[Done], flags: Sequence[str]) -> str:
    parts = [
        _("%(isic)s, %(share)s%% of revenue") % {"isic": item.isic, "share": f"{item.share:g}"}
        if item.share is not None
        else _("%(isic)s, share unknown") % {"isic": item.isic}
        for item in done
    ]
    return _("On record: %(parts)s.") % {"parts": "; ".join([*parts, *flags])}


def _disclosed(fields: Sequence[str], facts: Facts) -> Derived | None:
    stated = [name for name in fields if facts.stated.get(name)]
    if not stated:
        return Derived("not_shown", _("The company has not stated this."))
    answer = "demonstrated" if len(stated) == len(fields) else "partial"
    return Derived(answer, _("Stated by the company: %(fields)s.") % {"fields": ", ".join(stated)})


def _from_controversies(prefill: Mapping[str, Any], facts: Facts) -> Derived:
    """A proposal from the allegations on record, in the window the criterion names.

    Source: criteria.yaml, guidance of R-CTR-01 and rule of R-CTR-02.
    """
    since = facts.today - timedelta(days=round(prefill["window_months"] * 30.44))
    recent = [item for item in facts.controversies if item.on >= since]
    if prefill["rule"] == "count_by_theme_ge_3":
        themes = {item.theme for item in recent}
        repeated = [theme for theme in themes if sum(item.theme == theme for item in recent) >= 3]
        if repeated:
            return Derived("medium", _("Three or more of one theme are on record."), False)
        return Derived("none", _("Nothing on record repeats three times."), False)
    grave = [item for item in recent if item.severity >= 4]
    middle = [item for item in recent if item.severity == 3]
    if any(not item.is_answered for item in grave):
        return Derived("high", _("Severity 4 or 5 on record, without a remedy."), False)
    if grave or len(middle) > 1:
        return Derived("medium", _("Severity 4 or 5 under remedy, or severity 3 repeated."), False)
    if middle:
        return Derived("low", _("Severity 3 once."), False)
    return Derived("none", _("Nothing above severity 2 is on record."), False)
