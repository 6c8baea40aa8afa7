"""Groups with their conversations, two brokers, and a recommendation that two entities signed."""

from focalpoints.models import (
    Broker,
    Community,
    Membership,
    Post,
    Recommendation,
    Resource,
    Signature,
    Thread,
    Training,
)
from portal.models import Country, User


def load() -> int:
    """What is missing of groups, brokers and recommendations. Returns how many groups there are."""
    focal, undp = (User.objects.get(email=f"{name}@demo.example") for name in ("focal", "focal.undp"))
    for slug, name, kind, purpose in [
        (
            "due-diligence",
            "Due diligence in practice",
            "theme",
            "Questions and findings from screening companies.",
        ),
        (
            "asia-pacific",
            "Asia and the Pacific",
            "region",
            "For offices that work with business in the region.",
        ),
    ]:
        group, is_new = Community.objects.get_or_create(
            slug=slug, defaults={"name": name, "kind": kind, "purpose": purpose, "created_by": undp}
        )
        if not is_new:
            continue
        Membership.objects.create(community=group, user=undp, is_moderator=True, is_listed=True)
        Membership.objects.create(community=group, user=focal, is_listed=True)
        if slug == "due-diligence":
            group.shelf.set(Resource.objects.filter(kind="checklist"))
            thread = Thread.objects.create(
                community=group, title="How do you ask a company for its owners?", started_by=focal
            )
            Post.objects.create(
                thread=thread,
                by=focal,
                text="Small firms here do not keep a register. What do you accept instead?",
            )
            Post.objects.create(
                thread=thread,
                by=undp,
                text="A signed list with identity numbers, and we say so on the record.",
            )
    _cohort(focal, undp)
    _brokers(focal, undp)
    _recommendation(focal, undp)
    return Community.objects.count()


def _cohort(focal: User, undp: User) -> None:
    course = Training.objects.get(title="Partnering skills, spring course (example)")
    group, is_new = Community.objects.get_or_create(
        slug="spring-course",
        defaults={
            "name": "Spring course in Nairobi",
            "kind": "cohort",
            "purpose": "For those who took part in the course.",
            "training": course,
            "created_by": undp,
        },
    )
    if is_new:
        Membership.objects.create(community=group, user=undp, is_moderator=True, is_listed=True)
        Membership.objects.create(community=group, user=focal, is_listed=True)
        thread = Thread.objects.create(
            community=group,
            title="We meet again at the focal points meeting",
            is_announcement=True,
            is_closed=True,
            started_by=undp,
        )
        Post.objects.create(thread=thread, by=undp, text="A table is booked for the first evening.")


def _brokers(focal: User, undp: User) -> None:
    for user, entity, place, skills, languages, experience in [
        (
            focal,
            "WFP",
            "Dhaka",
            ["facilitation", "due_diligence"],
            ["en", "bn"],
            "Brought food companies and farmers’ unions to one table in four districts.",
        ),
        (
            undp,
            "UNDP",
            "New York",
            ["negotiation", "design", "training"],
            ["en", "fr"],
            "Negotiated partnership agreements with enterprises of many sizes.",
        ),
    ]:
        broker, is_new = Broker.objects.get_or_create(
            user=user,
            defaults={
                "entity_id": entity,
                "place": place,
                "skills": skills,
                "languages": languages,
                "experience": experience,
                "days_a_month": 2,
            },
        )
        if is_new and entity == "WFP":
            broker.countries.set(Country.objects.filter(pk="BGD"))


def _recommendation(focal: User, undp: User) -> None:
    recommendation, is_new = Recommendation.objects.get_or_create(
        title="One partnership agreement template for all (example)",
        defaults={
            "addressee": "The legal offices of the UN system",
            "text": "Country offices write the same clauses again and again, each a little differently.\n\n"
            "We recommend one template, with an annex for what an entity really needs to say itself.",
            "community": Community.objects.get(slug="due-diligence"),
            "proposed_by": undp,
        },
    )
    if is_new:
        for entity, user in [("UNDP", undp), ("WFP", focal)]:
            Signature.objects.create(recommendation=recommendation, entity_id=entity, by=user)
