import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from screening.models import CASE_FINAL, Case, CaseStatus

OPEN, ALL = "open", "all"


class CaseFilter(django_filters.FilterSet):
    """What the queue of cases is narrowed by. Without a status it shows what is open."""

    q = django_filters.CharFilter(method="filter_words", label=_("Company or case"))
    status = django_filters.ChoiceFilter(
        method="filter_status",
        label=_("Status"),
        empty_label=None,
        choices=[(OPEN, _("All that are open")), *CaseStatus.choices, (ALL, _("All"))],
    )
    analyst = django_filters.ChoiceFilter(
        method="filter_analyst",
        label=_("With"),
        empty_label=_("Anybody"),
        choices=[("me", _("Me")), ("nobody", _("Nobody yet"))],
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, data, *args, **kwargs):
        data = data.copy()
        if data.get("status") not in dict(self.base_filters["status"].extra["choices"]):
            data["status"] = OPEN
        super().__init__(data, *args, **kwargs)
        self.form.marks_optional = False

    def filter_words(self, queryset, name, value):
        return queryset.filter(Q(company__name__icontains=value) | Q(reference__icontains=value))

    def filter_status(self, queryset, name, value):
        if value == ALL:
            return queryset
        return queryset.exclude(status__in=CASE_FINAL) if value == OPEN else queryset.filter(status=value)

    def filter_analyst(self, queryset, name, value):
        return queryset.filter(analyst=self.request.user if value == "me" else None)
