"""What happens to a cleared company later: a review opens where something weighs that was not weighed before.

The system does this on its own: no role is asked and the history says so with `by=None`.
"""

from django.utils import timezone
from django.utils.translation import gettext_noop

from partnerships.models import Company
from portal.history import record
from screening.models import Case
from screening.services import cases

# Why a review opens, as the history says it. Source: criteria.yaml, rescreen_triggers.
WHY = {
    "controversy": gettext_noop("A grave controversy came on record."),
    "standing": gettext_noop("Its standing in the Global Compact changed."),
    "validity": gettext_noop("Its clearance ends soon."),
}


def review_company(company: Company, why: str, *, note: str = "") -> Case | None:
    """Open a case on a company with a clearance in force, or tell the open one. The caller holds the company.

    None where nobody ever cleared it: there is nothing to review.
    """
    words = WHY[why] + (f" {note}" if note else "")
    case = Case.objects.open().filter(company=company).first()
    if case is not None:
        record(case, "monitoring", by=None, note=words)
        return case
    decision = company.decisions.in_force(timezone.localdate()).select_related("case").first()
    if decision is None:
        return None
    case = cases.open_case(company)
    case.entity, case.tier, case.purpose = decision.entity, decision.tier, decision.case.purpose
    case.follows = decision.case
    case.save()
    record(case, "opened by monitoring", by=None, note=words)
    return case
