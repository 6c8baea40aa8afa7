from datetime import timedelta

import factory
from django.utils import timezone

from focalpoints.models import (
    ActionPoint,
    Broker,
    Community,
    FocalPoint,
    Issue,
    IssueItem,
    IssueSection,
    IssueStatus,
    Meeting,
    Resource,
    Subscriber,
    SubscriberStatus,
    Topic,
    Training,
)
from tests.portal.factories import UserFactory


class FocalPointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FocalPoint

    entity_id = "WFP"
    role_title = factory.Sequence(lambda n: f"Partnerships officer {n}")
    office_place = "Dhaka"
    unit_mailbox = factory.Sequence(lambda n: f"unit{n}@test.example")


class SubscriberFactory(factory.django.DjangoModelFactory):
    """A confirmed reader of the quarterly issue."""

    class Meta:
        model = Subscriber

    email = factory.Sequence(lambda n: f"reader{n}@test.example")
    topics = [Topic.QUARTERLY]
    status = SubscriberStatus.CONFIRMED
    consent_text = "2026-11"
    confirmed_at = factory.LazyFunction(timezone.now)


class IssueFactory(factory.django.DjangoModelFactory):
    """A draft with one written block."""

    class Meta:
        model = Issue
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: n + 1)
    title = "Water, energy and what lasts"
    created_by = factory.SubFactory(UserFactory, roles=["editor"])
    words = factory.RelatedFactory(
        "tests.focalpoints.factories.IssueItemFactory", factory_related_name="issue"
    )


def approved_issue(editors, **fields) -> Issue:
    """An issue that the first of two editors sent for review and the second approved."""
    first, second = editors
    return IssueFactory(
        created_by=first, submitted_by=first, approved_by=second, status=IssueStatus.APPROVED, **fields
    )


class IssueItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = IssueItem

    issue = factory.SubFactory(IssueFactory, words=None)
    section = IssueSection.FROM_THE_DESK
    position = factory.Sequence(lambda n: n % 30_000)
    text = "Three records joined the registry this quarter."


class CommunityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Community

    slug = factory.Sequence(lambda n: f"group-{n}")
    name = factory.Sequence(lambda n: f"Group {n}")
    purpose = "To learn from each other."
    created_by = factory.SubFactory(UserFactory, roles=["focal_point"])


class MeetingFactory(factory.django.DjangoModelFactory):
    """A public meeting in sixty days, open for registration."""

    class Meta:
        model = Meeting

    slug = factory.Sequence(lambda n: f"meeting-{n}")
    title = factory.Sequence(lambda n: f"Meeting {n}")
    starts_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=60))
    year = factory.LazyAttribute(lambda meeting: meeting.starts_on.year)
    capacity = 10


class ActionPointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ActionPoint

    meeting = factory.SubFactory(MeetingFactory)
    issue_number = 1
    issue = "Institutional reform"
    text = "Clarify legal requirements"


class ResourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Resource

    title = factory.Sequence(lambda n: f"Guideline {n}")
    kind = "guideline"
    summary = "What to do."


class TrainingFactory(factory.django.DjangoModelFactory):
    """A course in thirty days with five seats."""

    class Meta:
        model = Training

    title = factory.Sequence(lambda n: f"Course {n}")
    provider = "Staff College"
    starts_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    ends_on = factory.LazyAttribute(lambda training: training.starts_on + timedelta(days=2))
    place = "Turin"
    seats = 5
    text = "Partnering skills."


class BrokerFactory(factory.django.DjangoModelFactory):
    """Somebody on the roster, free now."""

    class Meta:
        model = Broker

    user = factory.SubFactory(UserFactory, roles=["focal_point"])
    entity_id = "WFP"
    place = "Dhaka"
    skills = ["facilitation"]
    languages = ["en"]
    experience = "Ten years."
