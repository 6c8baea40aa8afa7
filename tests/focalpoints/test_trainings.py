from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from icalendar import Calendar

from focalpoints.models import TrainingSeat
from focalpoints.queries.learning import attendance
from focalpoints.services import trainings as services
from portal.errors import RuleViolation
from portal.models import Attachment, Notice
from tests.focalpoints.factories import FocalPointFactory, TrainingFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer():
    return UserFactory(roles=["trainer"])


def un_user():
    return UserFactory(roles=["focal_point"])


def take(training, user, **where) -> TrainingSeat:
    where = {"organization": "Dhaka", "entity_id": None, "office_level": "country"} | where
    return TrainingSeat.objects.create(training=training, user=user, **where)


def ended(training):
    training.starts_on = training.ends_on = timezone.localdate() - timedelta(days=1)
    training.save()
    return training


def values_of(training, **changes) -> dict:
    fields = ["title", "starts_on", "ends_on", "place", "seats", "text"]
    return {field: getattr(training, field) for field in fields} | {"materials": []} | changes


def test_a_seat_given_back_goes_to_who_waits_and_they_are_told(run_jobs):
    training = TrainingFactory(seats=1)
    first, second = un_user(), un_user()
    services.take_seat(training, organization="Dhaka", by=first)
    assert services.take_seat(training, organization="Dhaka", by=second).status == "waiting"
    services.leave_seat(training, by=first)
    assert TrainingSeat.objects.get(user=second).status == "registered"
    run_jobs()
    assert [message.to for message in mail.outbox] == [[second.email]]
    with pytest.raises(RuleViolation, match="no seat"):
        services.leave_seat(training, by=first)


def test_more_seats_and_other_days_are_told(trainer):
    training = TrainingFactory(seats=1)
    first, second = un_user(), un_user()
    for user in (first, second):
        services.take_seat(training, organization="Dhaka", by=user)
    later = training.ends_on + timedelta(days=7)
    services.save_training(training, values_of(training, seats=2, ends_on=later), by=trainer)
    assert TrainingSeat.objects.get(user=second).status == "registered"
    assert Notice.objects.filter(user=first).count() == 1
    assert Notice.objects.filter(user=second).count() == 2


def test_who_has_begun_cannot_leave_nor_come():
    training = TrainingFactory(starts_on=timezone.localdate())
    for act in (services.take_seat, services.leave_seat):
        with pytest.raises(RuleViolation, match="begun"):
            act(training, by=un_user(), **({"organization": "x"} if act is services.take_seat else {}))


def test_a_seat_is_taken_with_entity_and_office_that_the_directory_knows(client):
    training = TrainingFactory()
    user = FocalPointFactory(user=un_user(), entity_id="WFP", office_level="country").user
    client.force_login(user)
    path = f"/trainings/{training.pk}/"
    assert '<option value="WFP" selected>' in client.get(path).content.decode()
    assert client.post(path + "seat/", {"organization": "Dhaka"}).status_code == 422
    data = {"organization": "Dhaka", "entity": "WFP", "office_level": "country"}
    assert client.post(path + "seat/", data).status_code == 302
    assert [(row.entity.pk, row.total) for row in attendance(training)] == [("WFP", 1)]
    assert "World Food Programme" in client.get(path).content.decode()
    client.logout()
    assert "Who takes part" not in client.get(path).content.decode()


def test_a_certificate_is_a_pdf_of_ones_own(client, trainer):
    training = TrainingFactory(modules=["Due diligence"])
    first, second = un_user(), un_user()
    seat = take(training, first)
    take(training, second, status="waiting")
    with pytest.raises(RuleViolation, match="not ended"):
        services.complete_seat(seat, by=trainer)
    client.force_login(trainer)
    path = f"/trainings/{ended(training).pk}/"
    assert client.post(path + "complete/").status_code == 302
    assert list(training.taken.order_by("pk").values_list("status", flat=True)) == ["completed", "waiting"]
    assert TrainingSeat.objects.get(user=first).completed_on == training.ends_on
    assert Notice.objects.get().user == first
    client.force_login(first)
    response = client.get(path + "certificate/")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    client.force_login(second)
    assert client.get(path + "certificate/").status_code == 404
    assert '<td class="cg-num">1</td>' in client.get("/trainings/reach/").content.decode()


def test_files_of_a_course_are_for_un_users(client, trainer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    training = TrainingFactory()
    path = f"/trainings/{training.pk}/"
    client.force_login(trainer)
    assert client.post(path + "files/add/", {"title": "Slides"}).status_code == 422
    file = SimpleUploadedFile("notes.txt", b"What we said", "text/plain")
    assert client.post(path + "files/add/", {"title": "Notes", "file": file}).status_code == 302
    attachment = Attachment.objects.get()
    client.force_login(un_user())
    assert client.get(attachment.get_absolute_url()).status_code == 200
    client.logout()
    assert "notes.txt" not in client.get(path).content.decode()
    assert client.get(attachment.get_absolute_url()).status_code == 404
    client.force_login(trainer)
    assert client.post(f"{path}files/{training.handouts.get().pk}/remove/").status_code == 302
    assert not Attachment.objects.exists()


def test_a_course_is_written_through_its_form_and_stands_in_calendars(client, trainer):
    client.force_login(trainer)
    data = {
        "title": "Partnering skills",
        "provider": "Staff College",
        "starts_on": "2027-06-01",
        "ends_on": "2027-06-03",
        "place": "Turin",
        "seats": "20",
        "text": "What lasts",
        "modules": "Finding a partner\nDue diligence",
    }
    assert client.post("/trainings/new/", data | {"ends_on": "2027-05-01"}).status_code == 422
    response = client.post("/trainings/new/", data)
    client.logout()
    assert "Due diligence" in client.get(response.url).content.decode()
    event = Calendar.from_ical(client.get(response.url + "calendar/").content).walk("VEVENT")[0]
    assert (str(event.decoded("dtstart")), str(event.decoded("dtend"))) == ("2027-06-01", "2027-06-04")


def test_courses_stay_flat(client, trainer, assert_flat_queries):
    assert_flat_queries(lambda: client.get("/trainings/"), grow=TrainingFactory)
    training = TrainingFactory()
    client.force_login(trainer)
    assert_flat_queries(
        lambda: client.get(f"/trainings/{training.pk}/"),
        grow=lambda: take(training, un_user(), entity_id="WFP"),
    )
    assert_flat_queries(
        lambda: client.get("/trainings/reach/"),
        grow=lambda: take(training, un_user(), status="completed", completed_on=training.ends_on),
    )


def test_a_cancelled_course_tells_everybody_frees_seats_and_takes_no_more(client, trainer, run_jobs):
    training = TrainingFactory(seats=1)
    seat, waits = un_user(), un_user()
    take(training, seat)
    take(training, waits, status="waiting")
    page = f"/trainings/{training.pk}/"
    client.force_login(trainer)
    for _press in range(2):
        assert client.post(page + "cancel/", {"why": "The trainer is ill"})["Location"] == page
    run_jobs()
    assert sorted(message.to[0] for message in mail.outbox) == sorted([seat.email, waits.email])
    assert {row.status for row in training.taken.all()} == {"withdrawn"}
    assert "The trainer is ill" in client.get(page).content.decode()
    (event,) = Calendar.from_ical(client.get(page + "calendar/").content).walk("VEVENT")
    assert (event["STATUS"], int(event["SEQUENCE"])) == ("CANCELLED", 1)
    with pytest.raises(RuleViolation):
        services.take_seat(training, organization="Unit", by=un_user())
    past = ended(TrainingFactory())
    assert client.post(f"/trainings/{past.pk}/cancel/", {"why": "Late"}).status_code == 422
