"""Codes of IATI 2.03 for the codes of the registry, and the namespace of what IATI has no code for."""

import csv
from functools import cache
from pathlib import Path

from partnerships.models import PartnerKind, PartnershipStatus, Scope

NAMESPACE = "urn:un-business-registry:iati:1"
CHANNELS = Path(__file__).resolve().parent.parent / "data" / "iati_channels.csv"
UNITED_NATIONS = "XM-DAC-41305"  # stands for UN offices that have no channel code of their own

_S = PartnershipStatus
ACTIVITY_STATUS: dict[
    str, str
] = {  # 1 pipeline, 2 implementation, 3 finalisation, 4 closed, 5 cancelled, 6 suspended
    _S.IDEA: "1",
    _S.SCREENING: "1",
    _S.DESIGN: "1",
    _S.AGREEMENT: "1",
    _S.ACTIVE: "2",
    _S.CLOSING: "3",
    _S.CLOSED: "4",
    _S.ABANDONED: "5",
    _S.NOT_ELIGIBLE: "5",
    _S.ON_HOLD: "6",
}
ACTIVITY_SCOPE: dict[str, str] = {
    Scope.GLOBAL: "1",
    Scope.REGIONAL: "2",
    Scope.NATIONAL: "4",
    Scope.LOCAL: "8",
}
ORGANISATION_TYPE: dict[str, str] = {
    PartnerKind.COMPANY: "70",
    PartnerKind.SME: "70",
    PartnerKind.BUSINESS_ASSOCIATION: "70",
    PartnerKind.FOUNDATION: "60",
    PartnerKind.NGO: "22",
    PartnerKind.GOVERNMENT: "10",
    PartnerKind.LOCAL_AUTHORITY: "11",
    PartnerKind.ACADEMIA: "80",
    PartnerKind.IGO: "40",
}
OTHER_ORGANISATION = "90"
MULTILATERAL = "40"
RESULT_TYPE = {"output": "1", "outcome": "2", "impact": "3", "input": "9"}
INCOMING_FUNDS, INCOMING_COMMITMENT = "1", "11"
PRIVATE_FINANCE = "30"  # flow type: private development finance
GOALS, TARGETS, OWN = "2", "3", "99"  # vocabularies of tags
M49 = "2"  # vocabulary of regions


@cache
def channels() -> dict[str, str]:
    with CHANNELS.open(encoding="utf-8", newline="") as lines:
        return {row["entity"]: f"XM-DAC-{row['channel']}" for row in csv.DictReader(lines)}


def shares(count: int) -> list[str]:
    """Percentages for so many places that add up to 100 to the cent. Equal, as no source tells them apart."""
    if not count:
        return []
    cents, rest = divmod(10000, count)
    return [f"{(cents + (1 if place < rest else 0)) / 100:.2f}" for place in range(count)]
