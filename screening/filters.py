import django_filters
from django.db.models import Q
from django.utils import timezone
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

    waits = django_filters.ChoiceFilter(
        method="filter_waits",
        label=_("Place in the queue"),
        empty_label=_("Without snoozed ones"),
        choices=[
            ("late", _("Late")),
            ("returned", _("Sent back")),
            ("escalated", _("Escalated")),
            ("paused", _("Waiting for an answer")),
            ("snoozed", _("Snoozed")),
        ],
    )
    label = django_filters.CharFilter(method="filter_label", label=_("Label"))

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

    def filter_waits(self, queryset, name, value):
        return queryset.filter(
            {
                "late": Q(due_on__lt=timezone.localdate(), paused_on=None),
                "returned": Q(returned_at__isnull=False),
                "escalated": Q(escalated_at__isnull=False),
                "paused": Q(paused_on__isnull=False),
                "snoozed": Q(snoozed_until__gt=timezone.localdate()) | Q(is_snoozed_for_list=True),
            }[value]
        )

    def filter_label(self, queryset, name, value):
        return queryset.filter(labels__contains=[value.strip().lower()])

    @property
    def shown(self):
        """What fits, in turn; snoozed cases only where they are asked for, or all are."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        rows = self.qs if data.get("waits") or data.get("status") != OPEN else self.qs.awake()
        return rows.in_turn()
