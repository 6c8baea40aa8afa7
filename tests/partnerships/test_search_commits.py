import contextlib

import pytest
from django.db import connection, transaction

from partnerships import search
from partnerships.search import Wanted, bits, words
from portal.reference import load_reference
from tests.partnerships.factories import PartnershipFactory


def countries() -> dict[str, int]:
    return search.find(Wanted()).counts.get("country", {})


class RolledBack(Exception):
    pass


def test_a_process_learns_of_changes_by_commits_and_forgets_what_was_rolled_back(transactional_db):
    """The matrix that is kept follows the tables through edits, deletes and roll-backs."""
    load_reference()  # the flush of the test before may have emptied the tables
    kept = PartnershipFactory(is_public=True, countries=["UGA"])
    assert countries() == {"UGA": 1}
    with contextlib.suppress(RolledBack), transaction.atomic():
        PartnershipFactory(is_public=True, countries=["KEN"])
        assert countries() == {"UGA": 1, "KEN": 1}
        raise RolledBack
    assert countries() == {"UGA": 1}
    other = PartnershipFactory(is_public=True, countries=["KEN"])
    assert countries() == {"UGA": 1, "KEN": 1}
    kept.delete()
    assert countries() == {"KEN": 1}
    other.countries.clear()
    search.reindex([other.pk])
    assert countries() == {}
    assert search.find(Wanted()).total == 1


def test_what_was_under_way_at_the_last_look_is_seen_once_it_is_committed(transactional_db):
    load_reference()
    slow = PartnershipFactory(is_public=True, countries=["UGA"])
    elsewhere = connection.copy()
    elsewhere.set_autocommit(False)
    try:
        with elsewhere.cursor() as cursor:
            cursor.execute("DELETE FROM partnerships_registryentry WHERE partnership_id = %s", [slow.pk])
        assert countries() == {"UGA": 1}
        PartnershipFactory(is_public=True, countries=["KEN"])  # began later, is committed earlier
        assert countries() == {"UGA": 1, "KEN": 1}
        elsewhere.commit()
        assert countries() == {"KEN": 1}
    finally:
        elsewhere.close()


def test_a_change_that_was_taken_in_by_half_is_read_anew(transactional_db, monkeypatch):
    load_reference()
    PartnershipFactory(is_public=True, countries=["UGA"])
    assert countries() == {"UGA": 1}
    PartnershipFactory(is_public=True, countries=["KEN"])
    with monkeypatch.context() as broken:
        broken.setattr(bits.Bits, "_sort_out", raising)
        with pytest.raises(MemoryError):
            countries()
    assert countries() == {"UGA": 1, "KEN": 1}


def raising(*_given) -> None:
    raise MemoryError


def test_words_that_were_asked_for_are_kept_in_line_with_every_change(
    transactional_db, django_assert_num_queries
):
    load_reference()
    wanted = Wanted("zephyrine")

    def total() -> int:
        return search.find(wanted).total

    first = PartnershipFactory(is_public=True, title="Zephyrine pumps")
    assert total() == 1
    second = PartnershipFactory(is_public=True, title="More of zephyrine")
    PartnershipFactory(is_public=True, title="Of something else")
    assert total() == 2
    with django_assert_num_queries(1):  # only whether anything has changed
        assert total() == 2
    first.title = "Pumps"
    first.save()
    search.reindex([first.pk])
    with django_assert_num_queries(2):  # and whether what changed has the words
        assert total() == 1
    second.delete()
    assert total() == 0


def test_only_the_latest_searches_are_kept(transactional_db, monkeypatch):
    load_reference()
    monkeypatch.setattr(words, "MOST_KEPT", 2)
    PartnershipFactory(is_public=True, title="Pumps")
    for asked in ("pumps", "wells", "pumps", "roofs"):
        search.find(Wanted(asked))
    with bits.current() as kept:
        assert list(kept.words.masks) == ["pumps", "roofs"]
