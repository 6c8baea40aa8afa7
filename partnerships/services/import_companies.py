"""The companies that a file of records names: those the registry knows, and those that its load adds."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from rigour.names import replace_org_types_compare

from partnerships.import_columns import NamedCompany, Row, fold
from partnerships.models import Company, CompanyName, RecordImport
from portal.history import record

KEPT = 1_000  # companies told of in the report of a check


def folded(name: str) -> str:
    """Equal for names that differ in case, spaces, or in how their legal form is written."""
    return replace_org_types_compare(fold(name))


class CompanyBook:
    """The companies of the registry as a file may name them, read once for the whole file."""

    def __init__(self) -> None:
        self.by_name: dict[str, dict[int, Company]] = {}
        known = Company.objects.only("pk", "public_id", "name", "country_id", "lei").in_bulk()
        others = CompanyName.objects.values_list("company_id", "name")
        for pk, name in [*((company.pk, company.name) for company in known.values()), *others]:
            self.by_name.setdefault(folded(name), {})[pk] = known[pk]
        self.by_lei: dict[str, Company] = {company.lei: company for company in known.values() if company.lei}
        self.rows: Counter[NamedCompany] = Counter()

    def find(self, named: NamedCompany) -> Company | None:
        """The company meant: by its LEI, else by its name and country. None for one that is new.

        A country that the file or the registry leaves open fits any. Raises LookupError where two fit.
        """
        if named.lei and named.lei in self.by_lei:
            return self.by_lei[named.lei]
        alike = [
            company
            for company in self.by_name.get(folded(named.name), {}).values()
            if not (named.lei and company.lei)  # another LEI is another company
            and (not named.country or company.country_id in (None, named.country))
        ]
        exact = [company for company in alike if company.country_id == (named.country or None)]
        if len(exact or alike) > 1:
            raise LookupError(
                _("Several companies are called “%(name)s”. Add country or LEI.") % {"name": named.name}
            )
        found = exact or alike
        return found[0] if found else None

    def check(self, row: Row, heading: str) -> None:
        """Count what a row names; what cannot be told apart is a problem of the row."""
        for named in row.values.get("partners", []):
            try:
                self.find(named)
            except LookupError as unclear:
                row.blame(heading, named.name, str(unclear))
            self.rows[named] += 1

    def report(self) -> list[dict[str, Any]]:
        """As `RecordImport.companies` has it, the new ones first."""
        lines: list[dict[str, Any]] = []
        for named, rows in self.rows.items():
            try:
                company = self.find(named)
            except LookupError:
                continue  # it is among the problems
            lines.append(
                {
                    "name": named.name,
                    "country": named.country,
                    "lei": named.lei,
                    "company": str(company.public_id) if company else "",
                    "rows": rows,
                }
            )
        return sorted(lines, key=lambda line: (bool(line["company"]), fold(line["name"])))[:KEPT]

    def take_up(self, named: Iterable[NamedCompany], found: RecordImport) -> dict[NamedCompany, Company]:
        """Each with its company; a new one is added as a name, and screened once somebody works with it."""
        companies: dict[NamedCompany, Company] = {}
        for one in named:
            if one in companies:
                continue
            company = self.find(one)
            if company is None:
                company = Company.objects.create(
                    name=one.name,
                    country_id=one.country or None,
                    lei=one.lei,
                    is_from_archive=True,
                    import_batch=found,
                    created_by=found.by,
                )
                record(company, "created", by=found.by, note=found.reference)
                self.by_name.setdefault(folded(one.name), {})[company.pk] = company
                if one.lei:
                    self.by_lei[one.lei] = company
            companies[one] = company
        return companies
