"""What one person is told: a notice in the portal, and a mail by that person's choice. Each thing once.

The text is that of a mail, templates/emails/<template>.txt: its first line is the subject.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.emails import compose, send_mail
from portal.jobs import enqueue
from portal.models import MailChoice, Notice, NoticeChoice, NoticeKind, User


@transaction.atomic
def tell(
    user: User,
    template: str,
    context: Mapping[str, Any],
    *,
    key: str,
    url: str,
    kind: str,
    stop_path: str = "",
) -> None:
    """Tell somebody something, once per `key`, in the transaction of what caused it.

    `url` is the path of the page to go to; the template gets it as `url`, with the portal's address.
    `stop_path` is where one post without signing in ends mails of this sort.
    """
    if not user.is_active:
        return
    key = f"{key}:{user.pk}"
    if Notice.objects.filter(key=key).exists():
        return
    subject, body = compose(template, {**context, "url": settings.PORTAL_URL + url}, user.language)
    choice = user.notice_choices.filter(kind=kind).values_list("mail", flat=True).first()
    notice, created = Notice.objects.get_or_create(
        key=key,
        defaults={
            "user": user,
            "kind": NoticeKind(kind),
            "subject": subject[:300],
            "body": body,
            "url": url,
            "stop_path": stop_path,
            "mail": choice or MailChoice.AT_ONCE,
        },
    )
    if created and notice.mail == MailChoice.AT_ONCE:
        enqueue("portal.mail_notice", key=f"mail_notice:{notice.pk}", notice_id=notice.pk)


def mail_notice(notice_id: int) -> None:
    notice = Notice.objects.select_related("user").get(pk=notice_id)
    if notice.mailed_at is None and notice.user.is_active:
        stop = notice.stop_path
        _mail(notice.user, "stored_notice", {"notice": notice}, key=f"notice-{notice.pk}", stop_path=stop)
        Notice.objects.filter(pk=notice.pk).update(mailed_at=timezone.now())


def plan_digests() -> None:
    """One job for each person who wants a mail a day and has something in it."""
    waiting = Notice.objects.filter(mail=MailChoice.DAILY, mailed_at=None, user__is_active=True)
    day = timezone.now().date().isoformat()
    for user_id in waiting.values_list("user_id", flat=True).order_by("user_id").distinct():
        enqueue("portal.mail_digest", key=f"mail_digest:{day}:{user_id}", user_id=user_id, day=day)


def mail_digest(user_id: int, day: str) -> None:
    user = User.objects.get(pk=user_id)
    waiting = list(user.notices.filter(mail=MailChoice.DAILY, mailed_at=None).order_by("kind", "id"))
    if waiting:
        context = {"notices": waiting, "inbox": settings.PORTAL_URL + "/notices/"}
        _mail(user, "notice_digest", context, key=f"digest-{user.pk}-{day}")
        Notice.objects.filter(pk__in=[notice.pk for notice in waiting]).update(mailed_at=timezone.now())


def _mail(user: User, template: str, context: Mapping[str, Any], *, key: str, stop_path: str = "") -> None:
    send_mail(template, context, to=user.email, language=user.language, key=key, stop_path=stop_path)


def mark_read(user: User) -> int:
    return user.notices.filter(read_at=None).update(read_at=timezone.now())


@transaction.atomic
def choose(user: User, choices: Mapping[str, str]) -> None:
    """Keep how `user` wants the mails of each kind: {kind: mail}."""
    NoticeChoice.objects.bulk_create(
        [NoticeChoice(user=user, kind=kind, mail=mail) for kind, mail in choices.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["mail"],
    )


def choices_of(user: User) -> dict[str, str]:
    chosen = dict(user.notice_choices.values_list("kind", "mail"))
    return {kind: chosen.get(kind, MailChoice.AT_ONCE) for kind in NoticeKind.values}
