from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from focalpoints.models import ISSUE_MOVES, Issue, IssueItem, IssueLink, IssueSection, IssueStatus
from focalpoints.queries.newsletter import blocking_gates
from focalpoints.queries.picks import Pick, fresh_picks, picks_for
from focalpoints.wording import clean_text
from portal.errors import RuleViolation, StaleEdit
from portal.history import move, record
from portal.jobs import enqueue
from portal.models import User

MOST_FILLED = 8  # records of a block that fills itself; an editor may pick more


def _may(by: User) -> None:
    if not by.has_perm("focalpoints.edit_newsletter"):
        raise PermissionDenied


def _draft(issue: Issue, by: User) -> Issue:
    """The locked issue, if it may still be written on."""
    _may(by)
    issue = Issue.objects.select_for_update(no_key=True).get(pk=issue.pk)
    if not issue.is_editable:
        raise RuleViolation(_("Only a draft can be changed. Take the issue back to draft first."))
    return issue


def _touch(issue: Issue) -> None:
    issue.version += 1
    issue.save(update_fields=["version", "updated_at"])


@transaction.atomic
def create_issue(*, title: str, by: User) -> Issue:
    """A new draft with the next number; its blocks hold what is new since the last issue."""
    _may(by)
    last = Issue.objects.select_for_update().order_by("-number").first()
    issue = Issue.objects.create(
        number=(last.number if last else 0) + 1, title=clean_text(title), created_by=by
    )
    record(issue, "created", by=by)
    for section in issue.sections:
        _fill(issue, section)
    return issue


@transaction.atomic
def save_details(issue: Issue, values: Mapping[str, Any], *, version: int, by: User) -> Issue:
    """Title, topic, editions and plan. Raises StaleEdit where `version` is no longer the row's."""
    issue = _draft(issue, by)
    if issue.version != version:
        raise StaleEdit(_("Somebody else changed this issue since you opened it."))
    for field, value in values.items():
        setattr(issue, field, value)
    issue.save(update_fields=[*values])
    _translate_own_words(issue, issue.sections)
    _touch(issue)
    record(issue, "changed", by=by)
    return issue


@transaction.atomic
def save_title(issue: Issue, title: str, *, language: str, by: User) -> None:
    """The title in a language other than English."""
    issue = _draft(issue, by)
    issue.translations = {**issue.translations, language: {"title": clean_text(title)}}
    issue.save(update_fields=["translations"])
    _touch(issue)


@transaction.atomic
def fall_back(issue: Issue, language: str, *, allowed: bool, by: User) -> None:
    """Let English stand in for what an edition does not have, or no longer."""
    issue = _draft(issue, by)
    others = [code for code in issue.falls_back if code != language]
    issue.falls_back = [*others, language] if allowed else others
    issue.save(update_fields=["falls_back"])
    _touch(issue)
    record(issue, "falls back to English" if allowed else "needs a translation", by=by, note=language)


@transaction.atomic
def add_section(issue: Issue, section: str, *, by: User) -> None:
    issue = _draft(issue, by)
    if section not in IssueSection.values:
        raise RuleViolation(_("There is no such block."))
    if section not in issue.sections:
        issue.sections = [*issue.sections, section]
        issue.save(update_fields=["sections"])
        _touch(issue)


@transaction.atomic
def move_section(issue: Issue, section: str, step: int, *, by: User) -> None:
    """Move a block up (-1) or down (+1); at the end it stays."""
    issue = _draft(issue, by)
    issue.sections = _moved(issue.sections, section, step)
    issue.save(update_fields=["sections"])
    _touch(issue)


@transaction.atomic
def remove_section(issue: Issue, section: str, *, by: User) -> None:
    """Take a block out, with what stands in it."""
    issue = _draft(issue, by)
    issue.items.filter(section=section).delete()
    issue.sections = [other for other in issue.sections if other != section]
    issue.save(update_fields=["sections"])
    _touch(issue)


@transaction.atomic
def save_item(
    issue: Issue,
    item: IssueItem | None,
    *,
    section: str,
    title: str,
    text: str,
    by: User,
    url: str | None = None,
    is_call_out: bool = False,
    language: str = "en",
    version: int | None = None,
) -> IssueItem:
    """Write an item, or its translation; the words are stripped of HTML.

    `url` and `is_call_out` belong to the item, not to a language; without `url` its address stays.
    Raises StaleEdit where `version` is no longer the item's, RuleViolation unless the issue is a draft.
    """
    issue = _draft(issue, by)
    words = {"title": clean_text(title), "text": clean_text(text)}
    if item is None:
        item = IssueItem.objects.create(
            issue=issue,
            section=section,
            position=_next_position(issue, section),
            url=url or "",
            is_call_out=is_call_out,
            **words,
        )
    else:
        item = issue.items.select_for_update(no_key=True).get(pk=item.pk)
        if version is not None and item.version != version:
            raise StaleEdit(_("Somebody else changed this text since you opened it."))
        if language == "en":
            item.title, item.text, item.is_call_out = words["title"], words["text"], is_call_out
            item.url = item.url if url is None else url
        else:
            item.translations = {**item.translations, language: words}
        item.version += 1
        item.save(update_fields=["title", "text", "url", "is_call_out", "translations", "version"])
    _touch(issue)
    return item


@transaction.atomic
def move_item(issue: Issue, item: IssueItem, step: int, *, by: User) -> None:
    issue = _draft(issue, by)
    items = list(issue.items.filter(section=item.section))
    order = _moved([other.pk for other in items], item.pk, step)
    for other in items:
        other.position = order.index(other.pk)
    IssueItem.objects.bulk_update(items, ["position"])
    _touch(issue)


@transaction.atomic
def remove_item(issue: Issue, item: IssueItem, *, by: User) -> None:
    issue = _draft(issue, by)
    issue.items.filter(pk=item.pk).delete()
    _touch(issue)


def _moved(order: list, thing: Any, step: int) -> list:
    order = list(order)
    if thing in order:
        at = order.index(thing)
        order.pop(at)
        order.insert(max(0, at + step), thing)
    return order


def _next_position(issue: Issue, section: str) -> int:
    last = issue.items.filter(section=section).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


@transaction.atomic
def pick_items(issue: Issue, section: str, sources: Iterable[str], *, by: User) -> int:
    """Put records into a section, in the words of the record at this moment. Returns how many were new."""
    issue = _draft(issue, by)
    wanted = set(sources)
    with override("en"):
        chosen = [pick for pick in picks_for(section) if pick.source in wanted]
    return _put_in(issue, section, chosen)


@transaction.atomic
def fill_section(issue: Issue, section: str, *, by: User) -> int:
    """Put in what is new for the same readers and not said to them yet. Returns how many were new."""
    issue = _draft(issue, by)
    return _fill(issue, section)


def _fill(issue: Issue, section: str) -> int:
    with override("en"):
        return _put_in(issue, section, fresh_picks(issue, section)[:MOST_FILLED])


def _put_in(issue: Issue, section: str, picks: Iterable[Pick]) -> int:
    taken = set(issue.items.exclude(source="").values_list("source", flat=True))
    chosen = [pick for pick in picks if pick.source not in taken]
    if not chosen:
        return 0
    start = _next_position(issue, section)
    IssueItem.objects.bulk_create(
        IssueItem(
            issue=issue,
            section=section,
            position=start + index,
            title=pick.title[:200],
            text=clean_text(pick.text)[:10_000],
            url=pick.url,
            source=pick.source,
            byline=pick.byline[:120],
        )
        for index, pick in enumerate(chosen)
    )
    if section not in issue.sections:
        issue.sections = [*issue.sections, section]
        issue.save(update_fields=["sections"])
    _translate_own_words(issue, [section])
    _touch(issue)
    return len(chosen)


def _translate_own_words(issue: Issue, sections: Iterable[str]) -> None:
    """Give picked items the portal's own sentences in each edition; words of a record stay as they are."""
    for section in sections:
        items = {item.source: item for item in issue.items.filter(section=section).exclude(source="")}
        changed = set()
        for language in issue.languages if items else []:
            with override(language):
                picks = picks_for(section)
            for pick in picks:
                item = items.get(pick.source)
                words = clean_text(pick.text)[:10_000]
                if item and words != item.text and language not in item.translations:
                    item.translations = {
                        **item.translations,
                        language: {"title": pick.title[:200], "text": words},
                    }
                    changed.add(item)
        IssueItem.objects.bulk_update(changed, ["translations"])


# --- review ---------------------------------------------------------------------------------------------


def stop_at_gates(issue: Issue) -> None:
    """Raises RuleViolation that names everything an issue still lacks."""
    stops = blocking_gates(issue)
    if stops:
        raise RuleViolation(_("This stops it: %(gates)s") % {"gates": " ".join(map(str, stops))})


@transaction.atomic
def submit_issue(issue: Issue, *, by: User) -> None:
    """Hand the draft to a second person. Raises RuleViolation while a gate stops it."""
    issue = _draft(issue, by)
    stop_at_gates(issue)
    issue.submitted_by = by
    issue.save(update_fields=["submitted_by"])
    move(issue, IssueStatus.REVIEW, moves=ISSUE_MOVES, by=by)


@transaction.atomic
def approve_issue(issue: Issue, *, by: User) -> None:
    """Approve as the second person. Raises RuleViolation for whoever sent it for review."""
    _may(by)
    issue = Issue.objects.select_for_update(no_key=True).get(pk=issue.pk)
    if issue.submitted_by_id == by.pk:
        raise RuleViolation(_("You sent it for review, so a second person has to approve it."))
    move(issue, IssueStatus.APPROVED, moves=ISSUE_MOVES, by=by)
    issue.approved_by = by
    issue.save(update_fields=["approved_by"])


@transaction.atomic
def return_issue(issue: Issue, *, by: User, note: str = "") -> None:
    """Back to draft, from review or after approval; the approval is gone."""
    _may(by)
    issue = Issue.objects.select_for_update(no_key=True).get(pk=issue.pk)
    move(issue, IssueStatus.DRAFT, moves=ISSUE_MOVES, by=by, note=note)
    issue.submitted_by = issue.approved_by = None
    issue.save(update_fields=["submitted_by", "approved_by"])


@transaction.atomic
def schedule_issue(issue: Issue, *, by: User) -> None:
    """Let an approved issue go out at its planned hour."""
    _may(by)
    issue = Issue.objects.select_for_update(no_key=True).get(pk=issue.pk)
    if issue.planned_for is None or issue.planned_for <= timezone.now():
        raise RuleViolation(_("Give it a planned hour that has not passed, or send it now."))
    move(issue, IssueStatus.SCHEDULED, moves=ISSUE_MOVES, by=by)
    enqueue(
        "focalpoints.start_planned_issue",
        key=f"start_planned_issue:{issue.pk}:{issue.planned_for.isoformat()}:{issue.version}",
        run_after=issue.planned_for,
        issue_id=issue.pk,
    )


@transaction.atomic
def unschedule_issue(issue: Issue, *, by: User) -> None:
    _may(by)
    issue = Issue.objects.select_for_update(no_key=True).get(pk=issue.pk)
    _touch(issue)  # a later schedule is another job
    move(issue, IssueStatus.APPROVED, moves=ISSUE_MOVES, by=by)


@transaction.atomic
def discard_issue(issue: Issue, *, by: User) -> None:
    """Give up an issue that was never sent."""
    _may(by)
    issue = Issue.objects.select_for_update(no_key=True).get(pk=issue.pk)
    if issue.sending_at:
        raise RuleViolation(_("This issue has begun to go out. Pause it, then cancel the rest."))
    move(issue, IssueStatus.CANCELLED, moves=ISSUE_MOVES, by=by)


@transaction.atomic
def count_opinion(issue: Issue, answer: str) -> None:
    """Add one answer to the poll of a published issue; only totals are kept."""
    issue = Issue.objects.select_for_update(no_key=True).get(pk=issue.pk)
    field = {"yes": "useful_count", "partly": "partly_useful_count", "no": "not_useful_count"}.get(answer)
    if field is None:
        raise RuleViolation(_("Choose one of the answers."))
    setattr(issue, field, getattr(issue, field) + 1)
    issue.save(update_fields=[field])


def count_click(link: IssueLink) -> None:
    """Add one to the total of a link. No lock, no history: scanners of mail programs press links too."""
    IssueLink.objects.filter(pk=link.pk).update(click_count=F("click_count") + 1)
