"""The index file that the workers of a machine share, and machines through the storage."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from screening import matching, queries
from screening.lists.model import Entry, ListedName
from screening.models import ListEntryKeys
from screening.names import Index, Subject
from screening.names.index import KEYS_VERSION, keys_of_entry, unpacked_keys
from tests.screening.factories import ListSourceFactory, list_xml, serve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]


FILLER = [f"Quorvane Yard {n}" for n in range(20)]  # so that one entry more or less is under ten per cent


@pytest.fixture
def machine(settings, monkeypatch, tmp_path):
    """Switches to a machine by its name: a folder and a process of its own, the storage is that of all."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }

    monkeypatch.setattr(matching, "_storage_is_remote", lambda: True)  # this one has paths, others have not

    def switch(name):
        settings.PORTAL_DATA = tmp_path / name
        monkeypatch.setattr(matching, "_OPEN", {})
        return settings.PORTAL_DATA / "index"

    return switch


def finds():
    index = matching.index_of(queries.serving_versions())
    (match,) = index.search(Subject("organization", ("Orsalla Maritime Trade",)))
    return match.source_id


def never(*args):
    raise AssertionError("The index was built a second time.")


def test_names_are_taken_apart_once(machine, monkeypatch):
    source = ListSourceFactory()
    serve(source, list_xml("Orsalla Maritime Trade Co", "Zanquil Works", *FILLER))
    machine("first")
    assert finds() == "e1"
    taken_apart = []

    def noted(entry):
        taken_apart.append(entry.primary_name)
        return keys_of_entry(entry)

    monkeypatch.setattr(matching, "keys_of_entry", noted)
    serve(source, list_xml("Orsalla Maritime Trade Co", "Zanquil Mills", *FILLER))
    assert finds() == "e1"
    assert taken_apart == ["Zanquil Mills"]
    ListEntryKeys.objects.update(made_by="older code")
    machine("second")
    default_storage.delete(f"{matching.STORED}/{next(machine('first').glob('*.index')).name}")
    machine("second")
    assert finds() == "e1"
    assert len(taken_apart) == 3 + len(FILLER)
    assert set(ListEntryKeys.objects.values_list("made_by", flat=True)) == {KEYS_VERSION, "older code"}


def test_keys_come_back_as_they_went():
    entry = Entry(
        "1", "organization", (ListedName("Foreign Trade Bank (FTB)", "primary"), ListedName("Банк", "alias"))
    )
    keys = keys_of_entry(entry)
    assert unpacked_keys(b"".join(name.packed() for name in keys)) == keys


def test_one_machine_builds_and_the_others_fetch(machine, monkeypatch):
    serve(ListSourceFactory(), list_xml("Orsalla Maritime Trade Co"))
    first = machine("first")
    assert finds() == "e1"
    monkeypatch.setattr(Index, "build", never)
    second = machine("second")
    assert finds() == "e1"
    (built,), (fetched,) = first.glob("*.index"), second.glob("*.index")
    assert (built.name, built.read_bytes()) == (fetched.name, fetched.read_bytes())
    assert not list(second.glob("*.fetched"))


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: data[:80], lambda _: b""]
)
def test_damaged_file_is_refused_and_replaced_for_all(machine, monkeypatch, damage):
    serve(ListSourceFactory(), list_xml("Orsalla Maritime Trade Co"))
    first = machine("first")
    assert finds() == "e1"
    (built,) = first.glob("*.index")
    name, whole = f"index/{built.name}", built.read_bytes()
    default_storage.delete(name)
    default_storage.save(name, ContentFile(damage(whole)))
    machine("second")
    assert finds() == "e1"
    assert default_storage.open(name).read() == whole
    monkeypatch.setattr(Index, "build", never)
    third = machine("third")
    third.mkdir(parents=True)
    (third / built.name).write_bytes(damage(whole))  # half written when the machine stopped
    assert finds() == "e1"


def test_stored_files_that_served_their_time_go(machine):
    source = ListSourceFactory()
    machine("first")
    stored = []
    for days, extra in ((0, []), (6, ["Halvorsen Cold Chain"]), (9, ["Quorvane Holding"])):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            serve(source, list_xml("Orsalla Maritime Trade Co", *extra))
            finds()
            stored.append(set(default_storage.listdir("index")[1]))
    assert [len(names) for names in stored] == [1, 2, 2]
    assert not stored[0] & stored[2]
