"""What a reviewer sees of a hit: words, facts and score of both sides, ready for the page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, pairwise

from django.utils.translation import gettext as _

from portal.days import day_words
from portal.marks import joined
from portal.models import Country
from screening.models import Hit, SubjectRole
from screening.names.rarity import weights
from screening.names.romanise import romanise
from screening.names.words import BANDS, PARTS, RELATIONS

# How a relation between two words looks: the colour says roughly what its words say exactly.
_WEAK = {"legal_form", "left_out"}
_SAME = {"same", "joined", "same_number"}


@dataclass(frozen=True)
class FactRow:
    """One fact on both sides. `reading` is agrees, differs, cannot_tell, or judge: not compared.

    `notes` say of each listed value what its letters do not: how it reads, how good the publisher calls it.
    """

    label: str
    ours: list[str]
    theirs: list[str]
    reading: str
    notes: list[str] = field(default_factory=list)


def word_pairs(hit: Hit) -> list[dict]:
    """The aligned words for components/words.html."""
    pairs = []
    for word in hit.explanation["words"]:
        relation = word["relation"]
        kind = (
            "weak"
            if relation in _WEAK
            else "same"
            if relation in _SAME
            else "miss"
            if relation == "missing"
            else "near"
        )
        pairs.append(
            {
                "left": " ".join(_as_written(part, hit.explanation["name_asked"]) for part in word["ours"]),
                "right": " ".join(
                    _as_written(part, hit.explanation["name_matched"]) for part in word["theirs"]
                ),
                "relation": _(RELATIONS[relation]),
                "kind": kind,
                "is_initials": relation == "acronym",
            }
        )
    return pairs


def _as_written(word: str, name: str) -> str:
    """A folded word as the name writes it, where it can be found again."""
    at = name.casefold().find(word.casefold())
    return name[at : at + len(word)] if at >= 0 and len(name.casefold()) == len(name) else word


def telling_word(hit: Hit) -> str:
    """The rarest listed word that met one of ours: what makes the resemblance more than chance."""
    met = [
        word
        for pair in hit.explanation["words"]
        if pair["relation"] not in {*_WEAK, "missing", "acronym"}
        for word in pair["theirs"]
    ]
    weight = weights(hit.entry_content["kind"] == "person")
    word = max(met, key=lambda word: weight[romanise(word.casefold())], default="")
    return _as_written(word, hit.explanation["name_matched"])


def score_parts(hit: Hit) -> list[dict]:
    """Signed whole points for the balance, none of them 0; they add up to the points of the hit."""
    parts = hit.explanation["parts"]
    reached = [0, *(round(points) for points in accumulate(part["points"] for part in parts))]
    reached[-1] = hit.points  # parts are kept to a tenth, and 99.46 may be 99.5 there
    return [
        {"label": _(PARTS[part["slug"]]), "points": points}
        for part, (before, now) in zip(parts, pairwise(reached), strict=True)
        if (points := now - before)
    ]


def band_words(hit: Hit) -> str:
    return _(BANDS[hit.band])


def subject_facts(hit: Hit, screened: dict) -> dict:
    """The part of a run's subject that a hit is about; empty when the company no longer names it."""
    if hit.subject_role == SubjectRole.COMPANY:
        return screened["company"]
    return next(
        (
            part
            for part in screened["people"]
            if part["role"] == hit.subject_role and part["name"] == hit.subject_name
        ),
        {},
    )


def fact_rows(hit: Hit, screened: dict) -> list[FactRow]:
    """Both sides fact by fact. Countries cost two queries."""
    ours, theirs = subject_facts(hit, screened), hit.entry_content
    readings = {fact["field"]: fact["outcome"] for fact in hit.explanation["facts"]}
    listed_countries = _listed_countries((*theirs["nationalities"], *theirs["countries"]))
    is_person = ours.get("kind") == "person"
    addresses = [item["text"] for item in (*theirs["addresses"], *theirs["places"]) if item["text"]]
    others = [item for item in theirs["names"] if item["text"] != hit.entry_name][:12]
    return [
        _row(
            _("Country"),
            country_names(ours.get("countries", [])),
            listed_countries,
            readings.get("country", "cannot_tell"),
        ),
        _row(
            _("Year of birth") if is_person else _("Founded"),
            [str(year) for year in ours.get("years", [])],
            [item["text"] or item["first"] for item in theirs["dates"]],
            readings.get("date", "cannot_tell"),
        ),
        _row(
            _("Identifiers"),
            [value for _type, value, _country in ours.get("identifiers", [])],
            [f"{item['value']} ({item['text'] or item['type']})" for item in theirs["identifiers"]],
            readings.get("identifier", "cannot_tell"),
        ),
        _row(
            _("Address"),
            [hit.company.address] if hit.subject_role == SubjectRole.COMPANY and hit.company.address else [],
            addresses[:3],
            "judge",
        ),
        _row(
            _("Other names"),
            ours.get("names", [])[1:],
            [item["text"] for item in others],
            "judge",
            [note for item in others for note in _name_notes(item)],
        ),
    ]


def _row(
    label: str, ours: list[str], theirs: list[str], reading: str, notes: list[str] | None = None
) -> FactRow:
    if not ours or not theirs:
        reading = "cannot_tell"
    return FactRow(label, ours, theirs, reading, notes or [])


def _name_notes(name: dict) -> list[str]:
    """What a reader of Latin letters needs to know of a listed name beside its letters."""
    text, notes = _isolated(name["text"]), []
    if name["script"] not in ("", "Latn"):
        reads = " ".join(romanise(word) for word in name["text"].split())
        notes.append(_("%(name)s reads “%(reads)s”") % {"name": text, "reads": _isolated(reads)})
    if name["type"] == "weak":
        notes.append(_("%(name)s: the publisher calls this alias weak") % {"name": text})
    elif name["type"] == "former":
        notes.append(_("%(name)s: a former name") % {"name": text})
    return notes


def _isolated(text: str) -> str:
    """A name between the signs that keep its direction from turning the sentence around it."""
    return f"\u2068{text}\u2069"


def met_name_notes(hit: Hit) -> list[str]:
    """The same of the listed name that met."""
    names = [name for name in hit.entry_content["names"] if name["text"] == hit.explanation["name_matched"]]
    return [note for name in names[:1] for note in _name_notes(name)]


def _listed_countries(countries: Iterable[dict]) -> list[str]:
    """Each country once: in the publisher's words, or by its name where those are a code."""
    countries = list(countries)
    codes = [item["iso2"] for item in countries if item["iso2"] and len(item["text"]) < 4]
    named = dict(zip(codes, country_names(codes), strict=True))
    return list(dict.fromkeys(named.get(item["iso2"], item["text"]) for item in countries))


def country_names(iso2_codes: list[str]) -> list[str]:
    countries = Country.objects.in_bulk([code.upper() for code in iso2_codes], field_name="iso2")
    return [str(countries.get(code.upper(), code.upper())) for code in iso2_codes]


def _day(text: str | None) -> str:
    return day_words(date.fromisoformat(text)) if text else ""


def entry_facts(hit: Hit) -> list[dict]:
    """What the list says of the entry beside names and facts, for screening/_facts.html."""
    entry = hit.entry_content
    rows = [
        (_("Reference"), entry["reference"] or entry["source_id"]),
        (_("Programme"), joined(entry["programmes"])),
        (_("Listed on"), _day(entry["listed_on"])),
        (_("Updated on"), _day(entry["updated_on"])),
        (_("Remarks"), entry["remarks"]),
        (_("Reasons"), entry["reasons"]),
        (_("Related"), joined((item["target_name"] or item["text"] for item in entry["relations"]), ";")),
    ]
    return [{"term": term, "value": value} for term, value in rows if value]
