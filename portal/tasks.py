from datetime import timedelta

from django.utils import timezone

from portal import attachments, audit, notices
from portal.models import Job, JobStatus, RateBucket

DAILY = ["portal.anchor_audit", "portal.clean_up", "portal.plan_digests"]


def anchor_audit() -> None:
    audit.write_anchor()


def clean_up() -> None:
    """Drop rows that nobody will look at again: done jobs after 90 days, rate buckets after a day."""
    now = timezone.now()
    Job.objects.filter(status=JobStatus.DONE, finished_at__lt=now - timedelta(days=90)).delete()
    RateBucket.objects.filter(updated_at__lt=now - timedelta(days=1)).delete()


def scan_attachment(attachment_id: int) -> None:
    attachments.scan(attachment_id)


def mail_notice(notice_id: int) -> None:
    notices.mail_notice(notice_id)


def plan_digests() -> None:
    notices.plan_digests()


def mail_digest(user_id: int, day: str) -> None:
    notices.mail_digest(user_id, day)
