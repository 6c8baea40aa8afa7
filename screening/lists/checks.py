"""May a new version of a list serve? Pure rules over counts and entries.

A person may override with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from types import MappingProxyType

from screening.lists.model import KINDS, Finding, gettext_noop

SHRINK_LIMIT = 0.10  # share of entries that may vanish from one version to the next

EMPTY = gettext_noop("The file holds no entries.")
SHRUNK = gettext_noop(
    "The list shrank from %(old)d to %(new)d entries, by %(percent).1f %%. More than 10 %% is not believed "
    "without a person's word."
)
KIND_GONE = gettext_noop("The version before had %(old)d entries of the kind “%(kind)s”, this one has none.")
DUPLICATE = gettext_noop("The publisher's id %(source_id)s appears %(count)d times.")
UNKNOWN_KIND = gettext_noop("An entry has the kind “%(kind)s”, which the portal does not know.")
OUT_OF_BAND = gettext_noop("The list has %(new)d entries; between %(low)d and %(high)d are expected.")
SHOWN = 20  # findings of one rule that are listed one by one


def check_version(
    new_counts: Mapping[str, int],
    old_counts: Mapping[str, int] | None,
    repeated: Mapping[str, int] = MappingProxyType({}),
    *,
    expected: tuple[int, int] | None = None,
    findings: Iterable[Finding] = (),
) -> list[Finding]:
    """What speaks against a version; "refuse" keeps the one before serving, "warn" is for a person to read.

    Counts are entries by kind, `old_counts` None for a first version. `repeated` are the ids that came more
    than once, and how often. `expected` is the smallest and largest
    believable number of entries. `findings` are those of the parser (`ListFile.findings`); an unknown code
    value refuses the version, because what it means for the people behind it is not known.
    """
    new = sum(new_counts.values())
    found: list[Finding] = []
    if not new:
        found.append(Finding("refuse", "empty", EMPTY))
    if old_counts:
        old = sum(old_counts.values())
        if new and new < old * (1 - SHRINK_LIMIT):
            percent = 100 * (old - new) / old
            found.append(Finding("refuse", "shrunk", SHRUNK, {"old": old, "new": new, "percent": percent}))
        found += [
            Finding("refuse", "kind_gone", KIND_GONE, {"old": count, "kind": kind})
            for kind, count in old_counts.items()
            if new and count >= 10 and not new_counts.get(kind)
        ]
    if expected and new and not expected[0] <= new <= expected[1]:
        found.append(
            Finding(
                "refuse", "out_of_band", OUT_OF_BAND, {"new": new, "low": expected[0], "high": expected[1]}
            )
        )
    found += [
        Finding("refuse", "unknown_kind", UNKNOWN_KIND, {"kind": kind})
        for kind in new_counts
        if kind not in KINDS
    ]
    found += [
        Finding(
            "refuse",
            "duplicate_id",
            DUPLICATE,
            {"source_id": source_id, "count": count},
            f"entry {source_id}",
        )
        for source_id, count in islice(repeated.items(), SHOWN)
    ]
    found += [
        Finding("refuse", item.code, item.sentence, item.values, item.place)
        if item.code == "unknown_value"
        else item
        for item in findings
    ]
    return found
