"""Words for offers, needs and their matches: `{% load offers %}`."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.template.defaultfilters import capfirst
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partnerships import labels
from partnerships.forms.desk_offers import NotAFitForm
from partnerships.matching import Part, Reason
from partnerships.models import CompactStatus, ContributionKind, Need, NeedStatus, Offer, OfferStatus
from portal.days import day_words
from portal.marks import joined
from portal.models import AuditEvent, Sector
from portal.themes import Theme

register = template.Library()

PART_LABELS = {
    "targets": gettext_lazy("Goal targets"),
    "themes": gettext_lazy("Themes"),
    "country": gettext_lazy("Country"),
    "capacity": gettext_lazy("Quantity"),
    "timing": gettext_lazy("Timing"),
    "text": gettext_lazy("Wording"),
    "track_record": gettext_lazy("Track record"),
    "mandate": gettext_lazy("Mandate"),
    "presence": gettext_lazy("Presence"),
}
RULED_OUT = {
    "kinds": gettext_lazy("The kind offered is not one the need asks for"),
    "window": gettext_lazy("The dates do not meet"),
    "place": gettext_lazy("The places do not meet"),
    "exclusion": gettext_lazy("A rule on the company stands in the way"),
}
SUSPICION = {
    "links": gettext_lazy("More links than an offer needs"),
    "no_words": gettext_lazy("Hardly any words"),
    "repeated": gettext_lazy("The same text came from another company"),
    "many": gettext_lazy("Many offers of one company within a day"),
}
REGISTER_CHECKS = {
    "lei": gettext_lazy("The check digits of the LEI %(name)s fit"),
    "lei_odd": gettext_lazy("The check digits of the LEI %(name)s do not fit"),
    "lei_current": gettext_lazy("The LEI %(name)s is current and belongs to “%(registered)s” (%(day)s)"),
    "lei_other_name": gettext_lazy("The LEI %(name)s belongs to “%(registered)s”, another name (%(day)s)"),
    "lei_lapsed": gettext_lazy("The LEI %(name)s of “%(registered)s” is not kept up or has ended (%(day)s)"),
    "lei_unknown": gettext_lazy("The register has no LEI %(name)s (%(day)s)"),
    "no_number": gettext_lazy("No registration number yet"),
    "number": gettext_lazy("A registration number is given"),
    "number_fits": gettext_lazy("The number has the form of %(name)s"),
    "number_odd": gettext_lazy("The number does not have the form of %(name)s: is it complete?"),
    "own_domain": gettext_lazy("A mail address of its people is at its own website"),
    "other_domain": gettext_lazy("No mail address of its people is at its website"),
    "no_website": gettext_lazy("No website yet"),
}
GATE_LABELS = {
    "complete": gettext_lazy("Complete, from a real organization"),
    "lawful_and_fit": gettext_lazy("Lawful and fit for use"),
    "not_procurement": gettext_lazy("Not tied to procurement"),
    "exclusion_precheck": gettext_lazy("Company not excluded"),
    "mandate_fit": gettext_lazy("Within a mandate"),
    "size": gettext_lazy("Size"),
}
GATE_ANSWERS = {
    "own_domain": gettext_lazy("The offer came from a mail address at the company's own website"),
    "other_currency": gettext_lazy("Not in US dollars: hold it against the small-value line by eye"),
    "registered": gettext_lazy("All steps answered; the company names a number or an address on the web"),
    "no_number": gettext_lazy("The company gives no registration number, LEI or website: ask for one"),
    "fit": gettext_lazy("The business says: fit for use, legal, not expired"),
    "not_fit": gettext_lazy("The business says that not all of it is fit for use"),
    "untied": gettext_lazy("The business says: not tied to a tender, contract or order"),
    "tied": gettext_lazy("Tied to a tender, contract or order: this belongs to procurement"),
    "not_listed": gettext_lazy("Screened against the lists: no match is open"),
    "listed": gettext_lazy("A match on a list was confirmed"),
    "no_mandate": gettext_lazy("No entity has one of these themes in its mandate"),
    "size_ok": gettext_lazy("Above the small-value line"),
    "no_value": gettext_lazy("No value stated; size does not matter for the ranking"),
    "unknown": gettext_lazy("Not known yet: the screening has not answered, or a possible match is open"),
}


@register.filter
def kind_words(codes: Iterable[str]) -> str:
    words = dict(ContributionKind.choices)
    return joined(str(words.get(code, code)) for code in codes)


@register.filter
def theme_words(codes: Iterable[str]) -> str:
    words = dict(Theme.choices)
    return joined(str(words.get(code, code)) for code in codes)


@register.filter
def country_words(codes: Iterable[str]) -> str:
    countries = labels.countries()
    return joined(str(countries.get(code, code)) for code in codes)


@register.filter
def language_words(codes: Iterable[str]) -> str:
    words = dict(settings.LANGUAGES)
    return joined(str(words.get(code, code)) for code in codes)


@register.filter
def sector_words(codes: Iterable[str]) -> str:
    sectors = labels.reference(Sector)
    return joined((sectors[code].title_en for code in codes if code in sectors), ";")


@register.filter
def suspicion_words(slugs: str) -> str:
    """Signs of abuse, as the offer keeps them: "links,repeated"."""
    return joined((str(SUSPICION[slug]) for slug in slugs.split(",") if slug in SUSPICION), ";")


@register.filter
def place_words(subject: Offer | Need) -> str:
    """Where an offer or a need is for, from the countries already loaded."""
    names = [str(country) for country in subject.countries.all()]
    if isinstance(subject, Offer) and subject.is_any_country:
        return _("Any country")
    if not names:
        return _("Anywhere") if isinstance(subject, Need) else _("Not stated")
    if len(names) > 4:
        names = [*names[:3], ngettext("%d more", "%d more", len(names) - 3) % (len(names) - 3)]
    text = joined(names)
    return _("%(places)s, or nearby") % {"places": text} if getattr(subject, "accepts_subregion", 0) else text


@register.filter
def goal_items(subject: Offer | Need) -> list[dict[str, Any]]:
    """The goals of the targets already loaded, for `components/goals.html`."""
    numbers = sorted({target.goal_id for target in subject.targets.all()})
    return [{"number": number, "title": str(labels.goals()[number])} for number in numbers]


@register.filter
def window_words(subject: Offer | Need) -> str:
    first, last = (
        (subject.available_from, subject.available_until)
        if isinstance(subject, Offer)
        else (subject.needed_from, subject.needed_until)
    )
    days = {"first": _day(first), "last": _day(last)}
    if first and last:
        return _("%(first)s to %(last)s") % days
    if first:
        return _("from %(first)s") % days
    return _("until %(last)s") % days if last else _("at any time")


def _day(value) -> str:
    return day_words(value, "j M Y")


@register.filter
def quantity_words(subject: Offer | Need) -> str:
    if subject.quantity is None:
        return _("Not stated")
    return f"{_plain(subject.quantity)} {subject.unit}".strip()


def _plain(number: Any) -> str:
    return number_format(number, decimal_pos=0 if number == int(number) else 1, force_grouping=True)


@register.filter
def points(value: float) -> float | int:
    """14.0 as 14, 13.3 as it is."""
    return int(value) if value == int(value) else value


@register.filter
def part_rows(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """For `{% score_parts %}`."""
    return [
        {"label": PART_LABELS[part.name], "got": points(part.points), "of": points(part.most)}
        for part in parts
    ]


@register.filter
def ruled_out_words(gate: str) -> str:
    return str(RULED_OUT[gate])


@register.filter
def register_words(check) -> str:
    """A `RegisterCheck` as a sentence."""
    words = {"name": check.name}
    if check.answer:
        day = day_words(timezone.localdate(check.answer.asked_at))
        words |= {"registered": check.answer.registered_name, "day": day}
    return str(REGISTER_CHECKS[check.slug]) % words


@register.inclusion_tag("partnerships/_not_a_fit.html", takes_context=True)
def not_a_fit(context, offer: Offer, need: Need) -> dict[str, Any]:
    """A folded form that says why an offer does not fit a need; it comes back to the page it stands on."""
    form = NotAFitForm(initial={"need": need.reference}, auto_id=f"misfit-{offer.pk}-{need.pk}-%s")
    return {"form": form, "offer": offer, "path": context["path"], "csrf_token": context["csrf_token"]}


@register.filter
def gate_label(name: str) -> str:
    return str(GATE_LABELS[name])


@register.filter
def gate_answer(gate) -> str:
    if gate.slug == "mandate":
        return _("In the mandate of %(entities)s") % {"entities": joined(gate.values["entities"])}
    if gate.slug == "small":
        limit = number_format(gate.values["limit"], force_grouping=True)
        return _("Below USD %(limit)s: the local network or country office answers first") % {"limit": limit}
    return str(GATE_ANSWERS[gate.slug])


@register.filter
def reason_words(reason: Reason) -> str:
    """Why a part has its points, as a sentence; what would raise it says by how many."""
    values = dict(reason.values)
    for name in ("targets", "missing"):
        if name in values and reason.slug.startswith("targets"):
            values[name] = joined(values[name])
        elif name in values:
            values[name] = theme_words(values[name])
    if "themes" in values:
        values["themes"] = theme_words(values["themes"])
    if "countries" in values:
        values["countries"] = country_words(values["countries"])
    if "languages" in values:
        values["languages"] = language_words(values["languages"])
    for name in ("asked", "offered"):
        if values.get(name) is not None:
            values[name] = _plain(values[name])
    for name in ("from", "until"):
        if name in values:
            values[name] = _day(values[name])
    values["gain"] = points(reason.gain)
    if isinstance(values["gain"], float):
        values["gain"] = number_format(values["gain"], decimal_pos=1)
    return SENTENCES[reason.slug]() % values


SENTENCES = {
    "targets_all": lambda: _("Both name %(targets)s; no target of the need is left out"),
    "targets_some": lambda: _(
        "Both name %(targets)s; the need also names %(missing)s, worth up to %(gain)s points"
    ),
    "targets_by_goal": lambda: _(
        "Same goals, other targets: the need names %(missing)s, worth up to %(gain)s points"
    ),
    "targets_none": lambda: _("No shared goal: the need names %(missing)s"),
    "themes_all": lambda: _("Every theme of the need is in the offer: %(themes)s"),
    "themes_some": lambda: _("Themes in common: %(themes)s; the need is also about %(missing)s"),
    "themes_differ": lambda: _("Themes differ: the need is about %(missing)s"),
    "country_same": lambda: _("Same country: %(countries)s"),
    "country_near": lambda: _(
        "Neighbouring country: say that you can deliver to %(countries)s and gain up to %(gain)s points"
    ),
    "country_any": lambda: _(
        "The offer goes anywhere: naming %(countries)s would give up to %(gain)s points more"
    ),
    "need_anywhere": lambda: _("The need is for any country"),
    "quantity_enough": lambda: _("%(asked)s %(unit)s asked, %(offered)s offered"),
    "quantity_short": lambda: _(
        "%(asked)s %(unit)s asked, %(offered)s offered: the rest is worth up to %(gain)s points"
    ),
    "quantity_not_stated": lambda: _(
        "The need asks for %(asked)s %(unit)s: say how many you give and gain up to %(gain)s points"
    ),
    "units_differ": lambda: _(
        "Units cannot be compared (%(unit)s against %(offered_unit)s), so quantity counts 7"
    ),
    "dates_full": lambda: _("Dates fit in full"),
    "starts_late": lambda: _("The need starts on %(from)s, %(days)s days before the offer"),
    "ends_early": lambda: _("The offer covers a part of the time: a longer one gains up to %(gain)s points"),
    "text_alike": lambda: _("Both are worded alike"),
    "languages_differ": lambda: _(
        "The texts are in different languages (%(languages)s), so their words could not be compared: without "
        "those %(gain)s points the rank rests on goals, themes, places, kinds and dates"
    ),
    "track_record": lambda: _("The company has closed partnerships with results: %(count)s"),
}

HAPPENED = {
    "began": gettext_lazy("You began the offer"),
    "moved to submitted": gettext_lazy("You submitted the offer"),
    "moved to triage": gettext_lazy("Somebody reads the offer"),
    "moved to clarification": gettext_lazy("We asked you a question; the clock stands"),
    "moved to routed": gettext_lazy("With a UN entity"),
    "passed on": gettext_lazy("Passed on to another UN entity"),
    "moved to reserved": gettext_lazy("A UN entity holds the offer for a need, for 30 days"),
    "moved to matched": gettext_lazy("Put before the entity of a need"),
    "moved to accepted": gettext_lazy("Accepted: a partnership is being prepared"),
    "moved to declined": gettext_lazy("Declined"),
    "moved to expired": gettext_lazy("The time of the offer is over"),
    "moved to withdrawn": gettext_lazy("You withdrew the offer"),
    "asked the UN side": gettext_lazy("You asked us a question"),
    "answered the business": gettext_lazy("We answered your question"),
    "corrected": gettext_lazy("You corrected the offer"),
    "renewed": gettext_lazy("You let the offer stand for longer"),
    "made again": gettext_lazy("You made an earlier offer again"),
    "called for an emergency": gettext_lazy("Called for an emergency: an office writes to you soon"),
    "escalated to the registry desk": gettext_lazy("The answer was late; the registry desk took it up"),
}


EVENTS = {
    "began": gettext_lazy("Began"),
    "wrote": gettext_lazy("Wrote it"),
    "changed": gettext_lazy("Changed it"),
    "corrected": gettext_lazy("The business corrected the offer"),
    "passed on": gettext_lazy("Passed it on"),
    "routed": gettext_lazy("Passed it to a UN entity"),
    "taken over": gettext_lazy("Took it over"),
    "match declined": gettext_lazy("Not a fit"),
    "match considered again": gettext_lazy("Considered again"),
    "asked the UN side": gettext_lazy("The business asked a question"),
    "answered the business": gettext_lazy("Answered the business"),
    "renewed": gettext_lazy("Stands for longer"),
    "made again": gettext_lazy("Made again"),
    "found to be real": gettext_lazy("Found to be a real offer"),
    "called for an emergency": gettext_lazy("Called for an emergency"),
    "given back to the registry desk": gettext_lazy("Given back to the registry desk"),
    "asked whether it stands for longer": gettext_lazy("Asked whether it stands for longer"),
    "attached file": gettext_lazy("Added a file"),
    "removed file": gettext_lazy("Removed a file"),
    "escalated to the registry desk": gettext_lazy("Escalated to the registry desk"),
}


@register.filter
def event_words(event: AuditEvent) -> str:
    """An event of an offer or a need for UN users."""
    statuses = {f"moved to {code}": label for code, label in [*OfferStatus.choices, *NeedStatus.choices]}
    return str(EVENTS.get(event.action) or statuses.get(event.action) or event.action)


@register.filter
def change_rows(event: AuditEvent) -> list[dict[str, str]]:
    """What an event changed in an offer, as {field, before, after} in words."""
    fields = [*Offer._meta.fields, *Offer._meta.many_to_many]
    labels_of = {field.name: capfirst(str(field.verbose_name)) for field in fields}
    return [
        {
            "field": labels_of[name],
            "before": _said(name, before),
            "after": _said(name, after),
        }
        for name, (before, after) in event.changes.items()
    ]


def _said(name: str, value: Any) -> str:
    """A value as an event keeps it, in words; "–" for none."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return CODE_WORDS.get(name, joined)(value)
    if name.startswith("available_"):
        return _day(date.fromisoformat(value))
    if name in ("quantity", "value_amount"):
        return _plain(Decimal(value))
    if name == "compact_status":
        return str(CompactStatus(value).label)
    return str(value)


CODE_WORDS = {"contribution_kinds": kind_words, "themes": theme_words, "countries": country_words}


@register.filter
def happened(event: AuditEvent) -> str:
    """A move of an offer in words for its business. Notes are for the inside and not read."""
    return str(HAPPENED.get(event.action, event.action))
