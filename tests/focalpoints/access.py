from types import SimpleNamespace

from django.utils import timezone

from focalpoints import links
from focalpoints.models import FocalPoint
from tests.access import Row
from tests.focalpoints.factories import IssueFactory, SubscriberFactory

ANYBODY = Row(get="200")
# In the order of PERSONAS: anonymous, business ×2, focal own, focal other, reviewer, decider, administrator.
OWN_ENTRY = "login 403 403 200 403 403 403 200"


EDITORS = "login 403 403 403 403 403 403 200"
EDITORS_BROKEN_RULE = "login 403 403 403 403 403 403 409"


def build(world: SimpleNamespace) -> None:
    world.directory_entry = FocalPoint.objects.get(user=world.users["focal_own"])
    world.news_reader = SubscriberFactory()
    world.issue_draft = IssueFactory(number=1, created_by=world.users["administrator"])
    world.issue_published = IssueFactory(
        number=2, created_by=world.users["administrator"], status="sent", sending_at=timezone.now()
    )


def entry(world: SimpleNamespace) -> list:
    return [world.directory_entry.pk]


def draft(world: SimpleNamespace) -> list:
    return [world.issue_draft.number]


def published(world: SimpleNamespace) -> list:
    return [world.issue_published.number]


def link(kind: str):
    return lambda world: [links.token_for(kind, world.news_reader.pk)]


ROWS: dict[str, Row] = {
    "focalpoints:directory": ANYBODY,
    "focalpoints:directory_csv": ANYBODY,
    "focalpoints:directory_vcards": ANYBODY,
    "focalpoints:directory_coverage": ANYBODY,
    "focalpoints:directory_new": Row(
        get="login 403 403 403 403 403 403 200", post="login 403 403 403 403 403 403 422"
    ),
    "focalpoints:directory_entry": Row(get="200", args=entry),
    "focalpoints:directory_vcard": Row(get="200", args=entry),
    "focalpoints:directory_edit": Row(get=OWN_ENTRY, post="login 403 403 422 403 403 403 422", args=entry),
    "focalpoints:directory_confirm": Row(post="login 403 403 302 403 403 403 302", args=entry),
    "focalpoints:directory_hand_over": Row(
        get=OWN_ENTRY, post="login 403 403 302 403 403 403 302", args=entry
    ),
    "focalpoints:entry_confirm": Row(
        get="200", post="200", args=lambda world: [links.token_for("entry_confirm", world.directory_entry.pk)]
    ),
    "focalpoints:subscribe": Row(get="200", post="422"),
    "focalpoints:confirm": Row(get="200", post="200", args=link("confirm")),
    "focalpoints:preferences": Row(get="200", post="422", args=link("preferences")),
    "focalpoints:unsubscribe": Row(get="200", post="200", args=link("unsubscribe")),
    "focalpoints:new_link": Row(post="200", args=lambda world: ["confirm", *link("confirm")(world)]),
    "focalpoints:news": ANYBODY,
    "focalpoints:news_feed": Row(get="200", args=lambda world: ["fr"]),
    "focalpoints:news_issue": Row(get="200", args=published),
    "focalpoints:news_useful": Row(post="302", args=published, post_data=lambda world: {"answer": "yes"}),
    "focalpoints:newsletter_list": Row(get=EDITORS, post="login 403 403 403 403 403 403 422"),
    "focalpoints:newsletter_issue": Row(get=EDITORS, args=draft),
    "focalpoints:newsletter_details": Row(get=EDITORS, post="login 403 403 403 403 403 403 422", args=draft),
    "focalpoints:newsletter_title": Row(
        get="login 403 403 403 403 403 403 302", post="login 403 403 403 403 403 403 302", args=draft
    ),
    "focalpoints:newsletter_write": Row(
        get="login 403 403 403 403 403 403 404", post="login 403 403 403 403 403 403 404", args=draft
    ),
    "focalpoints:newsletter_item": Row(
        get=EDITORS,
        post="login 403 403 403 403 403 403 422",
        args=lambda world: [world.issue_draft.number, world.issue_draft.items.get().pk],
    ),
    "focalpoints:newsletter_pick": Row(
        get="login 403 403 403 403 403 403 404", post="login 403 403 403 403 403 403 404", args=draft
    ),
    "focalpoints:newsletter_arrange": Row(post=EDITORS_BROKEN_RULE, args=draft),
    "focalpoints:newsletter_move": Row(post=EDITORS_BROKEN_RULE, args=draft),
    "focalpoints:newsletter_test": Row(post=EDITORS_BROKEN_RULE, args=draft),
    "focalpoints:newsletter_preview": Row(get=EDITORS, args=draft),
    "focalpoints:newsletter_preview_html": Row(get=EDITORS, args=draft),
}
