"""Sending an issue by ledger.

The audience is frozen into one Delivery a reader. A worker takes 50 rows, keeps one SMTP connection, and
commits the mark "being handed over" before the content of each message leaves; it is refused where the
reader unsubscribed or the issue was paused meanwhile. So after any kill a row is either untouched (sent
later), finished, or at most one a worker is uncertain: that one is shown and never sent again by itself.

A worker writes its marks on a connection of its own: they must stay even if its job rolls back.
"""

import smtplib
import time
import uuid
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.editions import edition
from focalpoints.links import link_for, message_key
from focalpoints.models import ISSUE_MOVES, Delivery, DeliveryStatus, Issue, IssueLink, IssueStatus
from focalpoints.moulds import Mould, mould_of, personal
from focalpoints.relay import Outcome, Relay
from focalpoints.services.bounces import note_refusals
from focalpoints.services.issues import stop_at_gates
from portal.errors import RuleViolation
from portal.history import move, record
from portal.jobs import enqueue
from portal.models import User

log = structlog.get_logger()

CHUNK = 50
LANES = 2  # jobs that send one issue at the same time
LANE_SECONDS = 45  # well under the lease of a job
CLAIM_SECONDS = 120  # longer than a chunk may wait for a slow server; then its rows are anybody's again
LONGEST_PAUSE = 5  # a lane that has nothing to send for longer ends its turn
MAX_TRIES = 6
RETRY_SECONDS = 60  # doubled with each try

FREEZE = """
INSERT INTO focalpoints_delivery (issue_id, subscriber_id, language, status, run_after, attempts, error)
SELECT %(issue)s, reader.id,
    CASE WHEN reader.language = ANY(%(editions)s::text[]) THEN reader.language ELSE 'en' END,
    'queued', now(), 0, ''
FROM focalpoints_subscriber reader
WHERE reader.status = 'confirmed' AND %(topic)s = ANY(reader.topics) AND NOT EXISTS (
    SELECT 1 FROM focalpoints_suppression
    WHERE address_hash = encode(sha256(convert_to(lower(reader.email), 'UTF8')), 'hex'))
ON CONFLICT (issue_id, subscriber_id) DO NOTHING
"""
# A claim that ran out was never handed over; a mark that ran out may have been.
RELEASE = """
UPDATE focalpoints_delivery SET
    status = CASE status WHEN 'claimed' THEN 'queued' ELSE 'uncertain' END,
    finished_at = CASE status WHEN 'claimed' THEN NULL ELSE now() END,
    error = CASE status WHEN 'claimed' THEN error ELSE 'cut off while handing over' END
WHERE issue_id = %(issue)s AND status IN ('claimed', 'handing') AND claimed_until < now()
"""
CLAIM = """
UPDATE focalpoints_delivery mine SET status = 'claimed', claimed_by = %(worker)s,
    claimed_until = now() + %(claim_seconds)s * interval '1 second'
FROM focalpoints_subscriber reader, focalpoints_issue issue
WHERE reader.id = mine.subscriber_id AND issue.id = mine.issue_id AND issue.status = 'sending'
AND mine.id IN (
    SELECT id FROM focalpoints_delivery
    WHERE issue_id = %(issue)s AND status = 'queued' AND run_after <= now()
    ORDER BY id LIMIT %(chunk)s FOR UPDATE SKIP LOCKED)
RETURNING mine.id, mine.subscriber_id, reader.email, mine.language, mine.attempts
"""
# One round trip a message: writes down how the one before ended and marks the next. Prepared once for each
# connection, as planning it would cost more than running it.
STEP = """
PREPARE step (bigint, uuid, text, text, float8, bigint, float8) AS
WITH ended AS (
    UPDATE focalpoints_delivery SET status = $3, error = $4,
        run_after = now() + $5 * interval '1 second',
        finished_at = CASE WHEN $3 = 'queued' THEN NULL ELSE now() END
    WHERE id = $1 AND claimed_by = $2 AND status IN ('handing', 'uncertain')
)
UPDATE focalpoints_delivery mine SET status = 'handing', attempts = mine.attempts + 1,
    claimed_until = now() + $7 * interval '1 second'
FROM focalpoints_subscriber reader, focalpoints_issue issue
WHERE mine.id = $6 AND mine.claimed_by = $2 AND mine.status = 'claimed'
    AND reader.id = mine.subscriber_id AND reader.status = 'confirmed'
    AND issue.id = mine.issue_id AND issue.status = 'sending'
RETURNING mine.id
"""
TAKE_STEP = """
EXECUTE step (%(ended)s, %(worker)s, %(result)s, %(error)s, %(retry_seconds)s, %(next)s, %(claim_seconds)s)
"""
SUPPRESS = """
UPDATE focalpoints_delivery mine SET status = 'suppressed', finished_at = now()
FROM focalpoints_subscriber reader
WHERE mine.id = %(next)s AND mine.claimed_by = %(worker)s AND mine.status = 'claimed'
    AND reader.id = mine.subscriber_id AND reader.status <> 'confirmed'
"""
GIVE_BACK = """
UPDATE focalpoints_delivery SET status = 'queued'
WHERE issue_id = %(issue)s AND claimed_by = %(worker)s AND status = 'claimed'
"""
DEFER = """
UPDATE focalpoints_delivery SET status = 'queued', run_after = now() + %(seconds)s * interval '1 second'
WHERE id = ANY(%(ids)s) AND claimed_by = %(worker)s AND status = 'claimed'
"""
NEXT_DUE = """
SELECT extract(epoch FROM min(run_after) - now())::float8 FROM focalpoints_delivery
WHERE issue_id = %(issue)s AND status = 'queued'
AND EXISTS (SELECT FROM focalpoints_issue WHERE id = %(issue)s AND status = 'sending')
"""
# As many tokens of a bucket that fills at `rate` a second as there are, at most `wanted`.
NEW_BUCKET = """
INSERT INTO portal_ratebucket (key, tokens, updated_at) VALUES (%(key)s, %(burst)s, clock_timestamp())
ON CONFLICT (key) DO NOTHING
"""
TAKE_TOKENS = """
WITH bucket AS (
    SELECT key, least(%(burst)s,
        tokens + extract(epoch FROM clock_timestamp() - updated_at) * %(rate)s) AS there
    FROM portal_ratebucket WHERE key = %(key)s FOR UPDATE
)
UPDATE portal_ratebucket mine SET updated_at = clock_timestamp(),
    tokens = bucket.there - least(%(wanted)s, floor(bucket.there))
FROM bucket WHERE mine.key = bucket.key
RETURNING least(%(wanted)s, floor(bucket.there))::int
"""


# --- what an editor does ------------------------------------------------------------------------------


def _locked(issue: Issue, by: User) -> Issue:
    if not by.has_perm("focalpoints.edit_newsletter"):
        raise PermissionDenied
    return Issue.objects.select_for_update(no_key=True).get(pk=issue.pk)


@transaction.atomic
def send_issue(issue: Issue, *, by: User) -> None:
    """Freeze the audience and start. Raises RuleViolation while a gate stops it."""
    _start(_locked(issue, by), by=by)


@transaction.atomic
def start_planned_issue(issue_id: int) -> None:
    """Start a scheduled issue at its hour; one that was taken off the schedule stays where it is."""
    issue = Issue.objects.select_for_update(no_key=True).get(pk=issue_id)
    if issue.status == IssueStatus.SCHEDULED and issue.planned_for and issue.planned_for <= timezone.now():
        _start(issue, by=None)


def _start(issue: Issue, *, by: User | None) -> None:
    stop_at_gates(issue)
    issue.sending_at = timezone.now()
    issue.save(update_fields=["sending_at"])
    move(issue, IssueStatus.SENDING, moves=ISSUE_MOVES, by=by)
    with connection.cursor() as cursor:
        cursor.execute(FREEZE, {"issue": issue.pk, "editions": issue.editions, "topic": issue.topic})
    IssueLink.objects.bulk_create(
        [IssueLink(issue=issue, address=address) for address in sorted(_addresses(issue))],
        ignore_conflicts=True,
    )
    _wake_lanes(issue)


def _addresses(issue: Issue) -> set[str]:
    items = list(issue.items.all())
    editions = [edition(issue, items, language, base=settings.PORTAL_URL) for language in issue.editions]
    return {
        address
        for content in editions
        for block in content.filled
        for item in block.items
        for address in item.links
        if address.startswith(("/", "https://"))
    }


@transaction.atomic
def pause_issue(issue: Issue, *, by: User) -> None:
    """Stop before the next message."""
    move(_locked(issue, by), IssueStatus.PAUSED, moves=ISSUE_MOVES, by=by)


@transaction.atomic
def resume_issue(issue: Issue, *, by: User) -> None:
    issue = _locked(issue, by)
    move(issue, IssueStatus.SENDING, moves=ISSUE_MOVES, by=by)
    _wake_lanes(issue)


@transaction.atomic
def cancel_sending(issue: Issue, *, by: User) -> None:
    """Give up a paused issue: who has it keeps it, nobody else gets it."""
    issue = _locked(issue, by)
    move(issue, IssueStatus.CANCELLED, moves=ISSUE_MOVES, by=by)
    issue.deliveries.filter(status__in=[DeliveryStatus.QUEUED, DeliveryStatus.CLAIMED]).update(
        status=DeliveryStatus.CANCELLED, finished_at=timezone.now()
    )


@transaction.atomic
def retry_failed(issue: Issue, *, by: User) -> int:
    """Send once more to those whose server refused, and return how many.

    Uncertain ones stay as they are: they may have the mail.
    """
    issue = _locked(issue, by)
    if issue.status not in (IssueStatus.SENT, IssueStatus.SENDING):
        raise RuleViolation(_("Only an issue that went out can be sent again to those who were refused."))
    count = issue.deliveries.filter(status=DeliveryStatus.FAILED, subscriber__status="confirmed").update(
        status=DeliveryStatus.QUEUED, attempts=0, run_after=timezone.now(), finished_at=None
    )
    if count:
        record(issue, "retried the refused", by=by, note=str(count))
        if issue.status == IssueStatus.SENT:
            move(issue, IssueStatus.SENDING, moves=ISSUE_MOVES, by=by)
        _wake_lanes(issue)
    return count


def send_test(issue: Issue, language: str, *, by: User) -> None:
    """Mail one edition to the editor who asks, with links that lead nowhere personal."""
    if not by.has_perm("focalpoints.edit_newsletter"):
        raise PermissionDenied
    content = edition(issue, list(issue.items.all()), language, base=settings.PORTAL_URL)
    message = personal(
        mould_of(issue, content, is_test=True),
        subscriber_id=0,
        email=by.email,
        key=f"newsletter-test-{issue.pk}-{uuid.uuid4().hex}",
    )
    with Relay() as relay:
        outcome = relay.hand_over(by.email, message)
    if outcome.status != DeliveryStatus.SENT:
        raise RuleViolation(_("The mail server refused it: %(error)s") % {"error": outcome.error})


def _wake_lanes(issue: Issue) -> None:
    issue.version += 1  # a series of its own: jobs of an earlier start have ended for good
    issue.save(update_fields=["version"])
    for lane in range(LANES):
        _enqueue_lane(issue, lane=lane, series=issue.version, turn=1)


def _enqueue_lane(issue: Issue, *, lane: int, series: int, turn: int, run_after=None) -> None:
    enqueue(
        "focalpoints.send_lane",
        key=f"send_lane:{issue.pk}:{series}:{lane}:{turn}",
        run_after=run_after,
        issue_id=issue.pk,
        lane=lane,
        series=series,
        turn=turn,
    )


# --- what a worker does -------------------------------------------------------------------------------


def send_lane(issue_id: int, *, lane: int, series: int, turn: int) -> None:
    """One turn of one lane: send for a while, then finish the issue or queue the next turn."""
    deliver(issue_id, seconds=LANE_SECONDS)
    issue = Issue.objects.select_for_update(no_key=True).get(pk=issue_id)
    if issue.status != IssueStatus.SENDING:
        return
    still_open = issue.deliveries.filter(status__in=Delivery.OPEN).order_by("run_after")
    first = still_open.first()
    if first is None:
        move(issue, IssueStatus.SENT, moves=ISSUE_MOVES, by=None)
        issue.sent_at = timezone.now()
        issue.save(update_fields=["sent_at"])
        note_refusals(issue)
        enqueue(
            "focalpoints.read_returned_mail",
            key=f"read_returned_mail:{issue.pk}:{series}",
            run_after=issue.sent_at + timedelta(hours=1),
        )
        return
    soon = timezone.now() + timedelta(seconds=5)
    waits_for = first.run_after if first.status == DeliveryStatus.QUEUED else first.claimed_until or soon
    _enqueue_lane(issue, lane=lane, series=series, turn=turn + 1, run_after=max(soon, waits_for))


def deliver(issue_id: int, *, seconds: float) -> int:
    """Send what is due for about `seconds`; stops early when nothing is. Returns messages sent."""
    ends, sent, refusals = time.monotonic() + seconds, 0, 0
    moulds: dict[str, Mould] = {}
    with closing(Ledger(issue_id)) as ledger:
        while refusals < 5 and (rows := _next_rows(ledger, ends)):
            try:
                with Relay() as relay:
                    is_open = True
                    while rows:
                        count, is_open = _send_chunk(ledger, relay, rows, moulds)
                        sent += count
                        rows = _next_rows(ledger, ends) if is_open else []
                refusals = 0
            except (OSError, smtplib.SMTPException) as error:  # no connection: nothing was handed over
                refusals += 1
                log.warning("mail server does not answer", issue=issue_id, error=str(error))
                time.sleep(0.05 * refusals)
            finally:
                ledger.give_back()
    return sent


def _next_rows(ledger: "Ledger", ends: float) -> list["Claimed"]:
    """What to send next. Waits where a rate holds the rest back for a moment."""
    while time.monotonic() < ends and not (rows := ledger.claim()):
        pause = ledger.seconds_until_due()
        if pause is None or pause > LONGEST_PAUSE:
            return []
        time.sleep(max(pause, 0.01))
    return rows if time.monotonic() < ends else []


@dataclass(frozen=True)
class Claimed:
    id: int
    subscriber_id: int
    email: str
    language: str
    attempts: int

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2].lower()


def _send_chunk(
    ledger: "Ledger", relay: Relay, rows: list[Claimed], moulds: dict[str, Mould]
) -> tuple[int, bool]:
    """Hand over the rows of a chunk until the connection breaks: messages sent, and whether it still holds.

    A row that may not be sent any more ends the connection: the envelope for it may be open already.
    """
    sent, ended, outcome, is_open = 0, None, None, True
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        is_ours = ledger.step(ended, outcome, row.id)
        ended = outcome = None
        if not is_ours:
            is_open = relay.opened is None
            if is_open:
                continue
            break
        message = personal(
            _mould(moulds, ledger.issue_id, row.language),
            subscriber_id=row.subscriber_id,
            email=row.email,
            key=message_key(ledger.issue_id, row.subscriber_id),
        )
        answer = relay.hand_over(row.email, message, next_email=after.email if after else "")
        ended, outcome = row.id, _limited(answer, row.attempts + 1)
        sent += outcome.status == DeliveryStatus.SENT
        is_open = not outcome.is_cut_off
        if not is_open:
            break
    ledger.step(ended, outcome, None)
    return sent, is_open


def _mould(moulds: dict[str, Mould], issue_id: int, language: str) -> Mould:
    if language not in moulds:
        issue = Issue.objects.get(pk=issue_id)
        counted = {link.address: link_for("news_link", link.pk) for link in issue.links.all()}
        content = edition(issue, list(issue.items.all()), language, base=settings.PORTAL_URL, counted=counted)
        moulds[language] = mould_of(issue, content)
    return moulds[language]


def _limited(outcome: Outcome, tries: int) -> Outcome:
    if outcome.status != DeliveryStatus.QUEUED:
        return outcome
    if tries >= MAX_TRIES:
        return Outcome(DeliveryStatus.FAILED, outcome.error, outcome.is_cut_off)
    wait = 0 if outcome.is_cut_off else RETRY_SECONDS * 2 ** (tries - 1)
    return Outcome(DeliveryStatus.QUEUED, outcome.error, outcome.is_cut_off, wait)


class Ledger:
    """The deliveries of one issue as one worker writes them, each statement committed by itself."""

    def __init__(self, issue_id: int):
        self.issue_id = issue_id
        self.worker = uuid.uuid4()
        self.connection = connections["default"].copy()
        self._execute(STEP)

    def claim(self) -> list[Claimed]:
        """The next rows for this worker, as many as the rates allow now."""
        self._execute(RELEASE)
        rows = [Claimed(*row) for row in self._execute(CLAIM, chunk=CHUNK)]
        for domain, rate in settings.MAIL_PER_SECOND_TO.items():
            rows = self._within(f"mail to {domain}", rate, rows, domain)
        return self._within("mail", settings.MAIL_PER_SECOND, rows) if rows else rows

    def _within(self, key: str, rate: float, rows: list[Claimed], domain: str = "") -> list[Claimed]:
        """The rows that a rate allows; those beyond it go back to the queue for a moment."""
        asking = [row for row in rows if not domain or row.domain == domain]
        if not (rate and asking):
            return rows
        bucket = {"key": key, "burst": max(1.0, rate), "rate": rate}
        self._execute(NEW_BUCKET, **bucket)
        [(granted,)] = self._execute(TAKE_TOKENS, wanted=len(asking), **bucket)
        late = {row.id for row in asking[granted:]}
        if late:
            self._execute(DEFER, ids=list(late), seconds=1 / rate)
        return [row for row in rows if row.id not in late]

    def seconds_until_due(self) -> float | None:
        """Until something is due again that is queued now; None where nothing is, or nothing is sent."""
        [(seconds,)] = self._execute(NEXT_DUE)
        return seconds

    def step(self, ended: int | None, outcome: Outcome | None, next_id: int | None) -> bool:
        """Write down how `ended` went and mark `next_id` as being handed over; whether that was allowed."""
        if ended is None and next_id is None:
            return False
        marked = self._execute(
            TAKE_STEP,
            ended=ended,
            result=outcome.status if outcome else "",
            error=outcome.error if outcome else "",
            retry_seconds=outcome.retry_seconds if outcome else 0,
            next=next_id,
        )
        if next_id is not None and not marked:
            self._execute(SUPPRESS, next=next_id)
        return bool(marked)

    def give_back(self) -> None:
        self._execute(GIVE_BACK)

    def close(self) -> None:
        self.connection.close()

    def _execute(self, sql: str, **values) -> list[tuple]:
        values |= {"issue": self.issue_id, "worker": self.worker, "claim_seconds": CLAIM_SECONDS}
        with self.connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
