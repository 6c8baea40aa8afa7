from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from focalpoints.models import OfficeLevel, Resource, Training, TrainingSeat, UNEntity
from focalpoints.queries.words import found_by_words
from partnerships.models import Lesson, LessonHeading, Partnership, PartnershipStatus
from portal.models import User

Reader = User | AnonymousUser
NO_TEXT = Value("", output_field=TextField())


def library_items(
    user: Reader, *, q: str = "", kind: str = "", theme: str = "", language: str = "", status: str = ""
) -> QuerySet[Resource]:
    """The items this reader sees, with `useful_count`; best match first, else current ones by title."""
    rows = Resource.objects.visible_to(user).annotate(
        useful_count=Count("opinions", filter=Q(opinions__is_useful=True))
    )
    wanted = {"kind": kind, "language": language, "status": status}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if theme:
        rows = rows.filter(themes__contains=[theme])
    if q:
        return found_by_words(rows, q, "title", "summary", "publisher", "audience")
    return rows.order_by("status", "title", "-year", "pk")


def lessons(user: Reader, q: str = "", about: str = "") -> QuerySet[Partnership]:
    """Partnerships that wrote down what they learnt, best match or latest first, with their `lesson_rows`.

    Those that closed with lessons, and those that wrote some under a heading before. `about` is a
    LessonHeading: then only records with a lesson of that kind, and of their rows only those.
    """
    rows_of = Lesson.objects.filter(heading=about) if about else Lesson.objects.all()
    own = rows_of.filter(partnership=OuterRef("pk"))
    written = Q(Exists(own))
    if not about:
        written |= Q(status=PartnershipStatus.CLOSED) & ~Q(lessons="")
    rows = Partnership.objects.visible_to(user).filter(written)
    rows = rows.only("reference", "title", "lessons", "evaluation_findings", "end")
    rows = rows.prefetch_related(Prefetch("lesson_rows", rows_of))
    if q:
        joined = own.order_by().values("partnership").annotate(text_of_all=StringAgg("text", " "))
        rows = rows.annotate(row_texts=Coalesce(Subquery(joined.values("text_of_all")), NO_TEXT))
        return found_by_words(rows, q, "lessons", "title", "evaluation_findings", "row_texts")
    return rows.order_by("-end", "-pk")


def lesson_headings(user: Reader) -> list[tuple[str, str, int]]:
    """The kinds of lessons there are: (heading, label, records that this reader sees)."""
    rows = Lesson.objects.filter(partnership__in=Partnership.objects.visible_to(user))
    counted = rows.order_by().values_list("heading").annotate(Count("partnership", distinct=True))
    counts = dict(counted)
    return [(code, str(label), counts[code]) for code, label in LessonHeading.choices if code in counts]


@dataclass
class Versions:
    """The older and newer texts that took each other's place, newest first, and the language versions."""

    texts: list[Resource] = field(default_factory=list)
    languages: list[Resource] = field(default_factory=list)


def versions_of(resource: Resource, user: Reader) -> Versions:
    """What else there is of a text, as far as this reader may see it."""
    visible = Resource.objects.visible_to(user)
    chain = [resource]
    seen = {resource.pk}
    while older := visible.filter(pk=chain[-1].supersedes_id).exclude(pk__in=seen).first():
        chain.append(older)
        seen.add(older.pk)
    while newer := visible.filter(supersedes=chain[0].pk).exclude(pk__in=seen).first():
        chain.insert(0, newer)
        seen.add(newer.pk)
    root = resource.translation_of_id or resource.pk
    others = visible.filter(Q(pk=root) | Q(translation_of=root)).exclude(pk=resource.pk)
    return Versions(chain if len(chain) > 1 else [], list(others.order_by("language", "pk")))


@dataclass(frozen=True)
class Attendance:
    """People of one UN entity in courses: counts by office level in the order of OfficeLevel."""

    entity: UNEntity | None
    counts: list[int]

    @property
    def total(self) -> int:
        return sum(self.counts)


def attendance(training: Training | None = None, *, is_completed: bool = False) -> list[Attendance]:
    """Who took part by entity and office level, of one course or of all. Most people first. Two queries."""
    rows = TrainingSeat.objects.filter(
        status__in=["completed"] if is_completed else ["registered", "completed"]
    )
    if training is not None:
        rows = rows.filter(training=training)
    counted = rows.values("entity", "office_level").annotate(n=Count("pk")).order_by()
    counts: dict[str | None, dict[str, int]] = {}
    for row in counted:
        counts.setdefault(row["entity"], {})[row["office_level"]] = row["n"]
    entities = UNEntity.objects.in_bulk([code for code in counts if code])
    answer = [
        Attendance(entities.get(code or ""), [by_level.get(level, 0) for level in [*OfficeLevel.values, ""]])
        for code, by_level in counts.items()
    ]
    return sorted(answer, key=lambda row: (-row.total, str(row.entity or "~")))
