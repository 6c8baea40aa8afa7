"""The directory as CSV and vCard. What a reader may not see is not in the rows handed to these."""

from focalpoints.models import FocalPoint

DIRECTORY_HEAD = [
    "role",
    "name",
    "un_entity",
    "office_level",
    "place",
    "countries_iso3",
    "themes",
    "tasks",
    "languages",
    "unit_mailbox",
    "confirmed_on",
    "is_stale",
]


def directory_row(entry: FocalPoint, *, with_name: bool) -> list[object]:
    """One line of the CSV; the name only for a reader who may see names, and with consent."""
    return [
        entry.role_title,
        entry.person_name if with_name and entry.has_name_consent else "",
        entry.entity_id,
        entry.office_level,
        entry.office_place,
        "|".join(country.iso3 for country in entry.countries.all()),
        "|".join(entry.themes),
        "|".join(entry.tasks),
        "|".join(entry.languages),
        entry.unit_mailbox,
        entry.confirmed_on.isoformat(),
        entry.is_stale,
    ]


def vcard(entry: FocalPoint, *, with_name: bool, url: str) -> str:
    """A vCard 4.0 (RFC 6350) of the unit; with the person's name for those who may see it."""
    name = entry.person_name if with_name and entry.has_name_consent else ""
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        f"KIND:{'individual' if name else 'group'}",
        f"FN:{_escaped(name or f'{entry.role_title}, {entry.entity.acronym} {entry.office_place}')}",
        f"ORG:{_escaped(entry.entity.name)}",
        f"TITLE:{_escaped(entry.role_title)}",
        f"EMAIL;TYPE=work:{_escaped(entry.unit_mailbox)}",
        f"ADR;TYPE=work:;;;{_escaped(entry.office_place)};;;",
        *(f"LANG:{code}" for code in entry.languages),
        f"URL:{url}",
        f"REV:{entry.confirmed_on:%Y%m%d}T000000Z",
        "END:VCARD",
    ]
    return "".join(_folded(line) for line in lines)


def _escaped(text: str) -> str:
    for sign in ("\\", ",", ";"):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _folded(line: str) -> str:
    """Lines of at most 75 octets, continued with a space; a character is never cut."""
    pieces, current = [], ""
    for character in line:
        if len((current + character).encode()) > 74:
            pieces.append(current)
            current = ""
        current += character
    return "\r\n ".join([*pieces, current]) + "\r\n"
