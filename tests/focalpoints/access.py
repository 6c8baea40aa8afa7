from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID

from django.utils import timezone

from focalpoints import links
from focalpoints.models import (
    FocalPoint,
    IssueLink,
    Membership,
    Post,
    ReaderImport,
    Recommendation,
    ResourceOpinion,
    Thread,
    TrainingSeat,
)
from tests.access import Row
from tests.focalpoints.factories import (
    ActionPointFactory,
    BrokerFactory,
    CommunityFactory,
    IssueFactory,
    MeetingFactory,
    ResourceFactory,
    SubscriberFactory,
    TrainingFactory,
)

ANYBODY = Row(get="200")
# In the order of PERSONAS: anonymous, business ×2, focal own, focal other, reviewer, decider, administrator,
# coordinator.
OWN_ENTRY = "login 403 403 200 403 403 403 200 403"


EDITORS = "login 403 403 403 403 403 403 200 403"
EDITORS_BROKEN_RULE = "login 403 403 403 403 403 403 409 403"


def build(world: SimpleNamespace) -> None:
    world.directory_entry = FocalPoint.objects.get(user=world.users["focal_own"])
    world.news_reader = SubscriberFactory()
    world.issue_draft = IssueFactory(number=1, created_by=world.users["administrator"])
    world.issue_published = IssueFactory(
        number=2, created_by=world.users["administrator"], status="sent", sending_at=timezone.now()
    )
    world.issue_link = IssueLink.objects.create(issue=world.issue_published, address="/needs/")
    world.reader_import = ReaderImport.objects.create(
        consent_source="A list", topics=["needs"], created_by=world.users["administrator"]
    )
    world.meeting = MeetingFactory()
    world.session = world.meeting.sessions.create(
        day=world.meeting.starts_on, start_time="09:30", title="Opening"
    )
    world.paper = world.meeting.documents.create(kind="agenda", title="Agenda")
    world.guest = world.meeting.places.create(guest_name="A guest", organization="Verdant Loop")
    world.action = ActionPointFactory(meeting=world.meeting, owner=world.entity)
    world.resource = ResourceFactory(is_internal=True)
    world.opinion = ResourceOpinion.objects.create(
        resource=world.resource, user=world.users["focal_own"], is_useful=True, comment="Good"
    )
    world.training = TrainingFactory()
    world.handout = world.training.handouts.create(title="Slides")
    world.training_seat = TrainingSeat.objects.create(training=world.training, user=world.users["decider"])
    world.group = CommunityFactory(created_by=world.users["focal_own"])
    for persona in ("focal_own", "focal_other"):
        world.member = Membership.objects.create(
            community=world.group, user=world.users[persona], is_moderator=persona == "focal_own"
        )
    world.shelf_file = world.group.shelf_files.create(title="Terms", by=world.users["focal_own"])
    world.recommendation = Recommendation.objects.create(
        title="One template", text="Words", addressee="Counsel", proposed_by=world.users["focal_own"]
    )
    world.signature = world.recommendation.signatures.create(entity=world.entity, by=world.users["focal_own"])
    world.broker = BrokerFactory(user=world.users["focal_own"])
    world.broker_request = world.broker.requests.create(by=world.users["focal_other"], what="Help")
    world.thread = Thread.objects.create(
        community=world.group, title="A question", started_by=world.users["focal_own"]
    )
    world.post = Post.objects.create(thread=world.thread, by=world.users["focal_own"], text="Words")


INSIDE = "login 403 403 200 200 200 200 200 200"
INSIDE_POST = "login 403 403 302 302 302 302 302 302"
INSIDE_EMPTY = "login 403 403 422 422 422 422 422 422"
EDITORS_EMPTY = "login 403 403 403 403 403 403 422 403"
EDITORS_POST = "login 403 403 403 403 403 403 302 403"


def entry(world: SimpleNamespace) -> list:
    return [world.directory_entry.pk]


def draft(world: SimpleNamespace) -> list:
    return [world.issue_draft.number]


def reader_import(world: SimpleNamespace) -> list:
    return [world.reader_import.pk]


def published(world: SimpleNamespace) -> list:
    return [world.issue_published.number]


def meeting(world: SimpleNamespace) -> list:
    return [world.meeting.slug]


def action(world: SimpleNamespace) -> list:
    return [world.action.pk]


def resource(world: SimpleNamespace) -> list:
    return [world.resource.pk]


def training(world: SimpleNamespace) -> list:
    return [world.training.pk]


def group(world: SimpleNamespace) -> list:
    return [world.group.slug]


def recommendation(world: SimpleNamespace) -> list:
    return [world.recommendation.pk]


def thread(world: SimpleNamespace) -> list:
    return [world.group.slug, world.thread.pk]


def link(kind: str):
    return lambda world: [links.token_for(kind, world.news_reader.pk)]


DECLARED: dict[str, Row] = {
    "focalpoints:directory": ANYBODY,
    "focalpoints:directory_csv": ANYBODY,
    "focalpoints:directory_vcards": ANYBODY,
    "focalpoints:directory_coverage": ANYBODY,
    "focalpoints:directory_finder": ANYBODY,
    "focalpoints:directory_new": Row(
        get="login 403 403 403 403 403 403 200 403", post="login 403 403 403 403 403 403 422 403"
    ),
    "focalpoints:directory_entry": Row(get="200", args=entry),
    "focalpoints:directory_vcard": Row(get="200", args=entry),
    "focalpoints:directory_edit": Row(
        get=OWN_ENTRY, post="login 403 403 422 403 403 403 422 403", args=entry
    ),
    "focalpoints:directory_confirm": Row(post="login 403 403 302 403 403 403 302 403", args=entry),
    "focalpoints:directory_hand_over": Row(
        get=OWN_ENTRY, post="login 403 403 302 403 403 403 302 403", args=entry
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
    "focalpoints:news_link": Row(
        get="302", args=lambda world: [links.token_for("news_link", world.issue_link.pk)]
    ),
    "focalpoints:mail_events": Row(post="404", args=lambda world: ["mailgun"]),
    "focalpoints:newsletter_readers": Row(get=EDITORS, post=EDITORS_EMPTY),
    "focalpoints:newsletter_import": Row(get=EDITORS, args=reader_import),
    "focalpoints:newsletter_import_csv": Row(get=EDITORS, args=reader_import),
    "focalpoints:newsletter_list": Row(get=EDITORS, post="login 403 403 403 403 403 403 422 403"),
    "focalpoints:newsletter_issue": Row(get=EDITORS, args=draft),
    "focalpoints:newsletter_details": Row(
        get=EDITORS, post="login 403 403 403 403 403 403 422 403", args=draft
    ),
    "focalpoints:newsletter_title": Row(
        get="login 403 403 403 403 403 403 302 403", post="login 403 403 403 403 403 403 302 403", args=draft
    ),
    "focalpoints:newsletter_write": Row(
        get="login 403 403 403 403 403 403 404 403", post="login 403 403 403 403 403 403 404 403", args=draft
    ),
    "focalpoints:newsletter_item": Row(
        get=EDITORS,
        post="login 403 403 403 403 403 403 422 403",
        args=lambda world: [world.issue_draft.number, world.issue_draft.items.get().pk],
    ),
    "focalpoints:newsletter_pick": Row(
        get="login 403 403 403 403 403 403 404 403", post="login 403 403 403 403 403 403 404 403", args=draft
    ),
    "focalpoints:newsletter_arrange": Row(post=EDITORS_BROKEN_RULE, args=draft),
    "focalpoints:newsletter_move": Row(post=EDITORS_BROKEN_RULE, args=draft),
    "focalpoints:newsletter_test": Row(post=EDITORS_BROKEN_RULE, args=draft),
    "focalpoints:newsletter_preview": Row(get=EDITORS, post=EDITORS_EMPTY, args=draft),
    "focalpoints:newsletter_preview_html": Row(get=EDITORS, args=draft),
    "focalpoints:meeting_list": ANYBODY,
    "focalpoints:meeting_new": Row(get=EDITORS, post=EDITORS_EMPTY),
    "focalpoints:meeting_detail": Row(get="200", args=meeting),
    "focalpoints:meeting_ical": Row(get="200", args=meeting),
    "focalpoints:meeting_edit": Row(get=EDITORS, post=EDITORS_EMPTY, args=meeting),
    "focalpoints:meeting_cancel": Row(get=EDITORS, post=EDITORS_EMPTY, args=meeting),
    "focalpoints:training_cancel": Row(get=EDITORS, post=EDITORS_EMPTY, args=training),
    "focalpoints:meeting_register": Row(
        post=INSIDE_POST, args=meeting, post_data=lambda world: {"organization": "Unit"}
    ),
    "focalpoints:meeting_withdraw": Row(post="login 403 403 409 409 409 409 409 409", args=meeting),
    "focalpoints:meeting_survey": Row(
        post="login 409 409 409 409 409 409 409 409",
        args=meeting,
        post_data=lambda world: {"usefulness": "4"},
    ),
    "focalpoints:network_calendar": ANYBODY,
    "focalpoints:meeting_programme": Row(get=EDITORS, post=EDITORS_EMPTY, args=meeting),
    "focalpoints:session_remove": Row(
        post=EDITORS_POST, args=lambda world: [world.meeting.slug, world.session.pk]
    ),
    "focalpoints:meeting_papers": Row(get=EDITORS, post=EDITORS_EMPTY, args=meeting),
    "focalpoints:paper_remove": Row(
        post=EDITORS_POST, args=lambda world: [world.meeting.slug, world.paper.pk]
    ),
    "focalpoints:meeting_participants": Row(get=EDITORS, post=EDITORS_EMPTY, args=meeting),
    "focalpoints:participants_csv": Row(get=EDITORS, args=meeting),
    "focalpoints:participant_remove": Row(
        post=EDITORS_POST, args=lambda world: [world.meeting.slug, world.guest.pk]
    ),
    "focalpoints:action_list": ANYBODY,
    "focalpoints:actions_csv": ANYBODY,
    "focalpoints:action_edit": Row(get=EDITORS, post=EDITORS_EMPTY, args=action),
    "focalpoints:action_new": Row(get=EDITORS, post=EDITORS_EMPTY, args=meeting),
    "focalpoints:action_detail": Row(get="200", args=action),
    "focalpoints:action_progress": Row(post="login 403 403 422 403 403 403 422 403", args=action),
    "focalpoints:search": ANYBODY,
    "focalpoints:library": ANYBODY,
    "focalpoints:resource_new": Row(get=EDITORS, post=EDITORS_EMPTY),
    "focalpoints:resource_detail": Row(get="404 404 404 200 200 200 200 200 200", args=resource),
    "focalpoints:resource_edit": Row(get=EDITORS, post=EDITORS_EMPTY, args=resource),
    "focalpoints:resource_opinion": Row(
        post="login 404 404 302 302 302 302 302 302",
        args=resource,
        post_data=lambda world: {"is_useful": "yes"},
    ),
    "focalpoints:lesson_list": ANYBODY,
    "focalpoints:comment_remove": Row(
        post="login 404 404 302 403 403 403 302 403",
        args=lambda world: [world.resource.pk, world.opinion.pk],
        post_data=lambda world: {"why": "Off the subject"},
    ),
    "focalpoints:resource_file_remove": Row(
        post="login 403 403 403 403 403 403 404 403", args=lambda world: [UUID(int=0)]
    ),
    "focalpoints:training_list": ANYBODY,
    "focalpoints:training_reach": Row(get=INSIDE),
    "focalpoints:training_ical": Row(get="200", args=training),
    "focalpoints:handout_add": Row(post=EDITORS_EMPTY, args=training),
    "focalpoints:handout_remove": Row(
        post=EDITORS_POST, args=lambda world: [world.training.pk, world.handout.pk]
    ),
    "focalpoints:training_complete_all": Row(post="login 403 403 403 403 403 403 409 403", args=training),
    "focalpoints:training_new": Row(get=EDITORS, post=EDITORS_EMPTY),
    "focalpoints:training_detail": Row(get="200", args=training),
    "focalpoints:training_edit": Row(get=EDITORS, post=EDITORS_EMPTY, args=training),
    "focalpoints:training_seat": Row(
        post=INSIDE_POST,
        args=training,
        post_data=lambda world: {"organization": "Dhaka", "entity": "WFP", "office_level": "country"},
    ),
    "focalpoints:training_complete": Row(
        post="login 403 403 403 403 403 403 409 403",
        args=lambda world: [world.training.pk, world.training_seat.pk],
    ),
    "focalpoints:training_certificate": Row(get="login 404 404 404 404 404 404 404 404", args=training),
    "focalpoints:group_list": Row(get=INSIDE, post=INSIDE_EMPTY),
    "focalpoints:group_detail": Row(get=INSIDE, post=INSIDE_EMPTY, args=group),
    "focalpoints:cohort_begin": Row(post=EDITORS_POST, args=training),
    "focalpoints:group_log": Row(get=INSIDE, args=group),
    "focalpoints:group_moderate": Row(
        get="login 403 403 200 403 403 403 200 403", post="login 403 403 422 403 403 403 422 403", args=group
    ),
    "focalpoints:member_change": Row(
        post="login 403 403 302 403 403 403 302 403",
        args=lambda world: [world.group.slug, world.member.pk],
        post_data=lambda world: {"act": "name"},
    ),
    "focalpoints:shelf_add": Row(post=INSIDE_EMPTY, args=group),
    "focalpoints:shelf_remove": Row(
        post="login 403 403 302 403 403 403 302 403",
        args=lambda world: [world.group.slug, "files", world.shelf_file.pk],
    ),
    "focalpoints:thread_close": Row(
        post="login 403 403 302 403 403 403 302 403", args=thread, post_data=lambda world: {"why": "Settled"}
    ),
    "focalpoints:recommendation_list": Row(get=INSIDE),
    "focalpoints:recommendation_new": Row(get=INSIDE, post=INSIDE_EMPTY),
    "focalpoints:recommendation_detail": Row(get=INSIDE, args=recommendation),
    "focalpoints:recommendation_document": Row(
        get=INSIDE, args=lambda world: [world.recommendation.pk, "docx"]
    ),
    "focalpoints:recommendation_edit": Row(get=INSIDE, post=INSIDE_EMPTY, args=recommendation),
    "focalpoints:recommendation_sign": Row(
        post="login 403 403 409 302 409 409 409 409",
        args=recommendation,
        post_data=lambda world: {"entity": "UNDP"},
    ),
    "focalpoints:signature_withdraw": Row(
        post="login 403 403 302 403 403 403 403 403",
        args=lambda world: [world.recommendation.pk, world.signature.pk],
    ),
    "focalpoints:recommendation_send": Row(post="login 403 403 409 403 403 403 409 403", args=recommendation),
    "focalpoints:recommendation_reply": Row(
        post="login 403 403 409 403 403 403 409 403",
        args=recommendation,
        post_data=lambda world: {"reply": "No"},
    ),
    "focalpoints:broker_list": Row(get=INSIDE),
    "focalpoints:broker_entry": Row(get=INSIDE, post=INSIDE_EMPTY),
    "focalpoints:broker_ask": Row(get=INSIDE, post=INSIDE_EMPTY, args=lambda world: [world.broker.pk]),
    "focalpoints:broker_request": Row(
        get="login 403 403 200 200 404 404 404 404",
        post="login 403 403 422 422 404 404 404 404",
        args=lambda world: [world.broker_request.pk],
    ),
    "focalpoints:broker_request_withdraw": Row(
        post="login 403 403 403 302 404 404 404 404", args=lambda world: [world.broker_request.pk]
    ),
    "focalpoints:group_join": Row(post=INSIDE_POST, args=group),
    "focalpoints:thread_detail": Row(get=INSIDE, post=INSIDE_EMPTY, args=thread),
    "focalpoints:post_remove": Row(
        post="login 403 403 302 403 403 403 302 403",
        args=lambda world: [world.group.slug, world.post.pk],
        post_data=lambda world: {"why": "Off the subject"},
    ),
}


def for_the_signed_in(row: Row) -> Row:
    """Whoever is not signed in is sent to do that first, with a wrong method too."""
    if "login" not in row.get + row.post:
        return row
    wrong_method = "login" + " 405" * 8
    get, post = (wrong_method if words == "405" else words for words in (row.get, row.post))
    return replace(row, get=get, post=post)


ROWS = {name: for_the_signed_in(row) for name, row in DECLARED.items()}
