import pytest
from django.utils.translation import override

from partnerships.search import Wanted, naming, suggest_filters
from partnerships.views.registry import understood
from tests.partnerships.factories import ContributionFactory, PartnershipFactory

pytestmark = pytest.mark.django_db


def best(words: str) -> tuple[str, str]:
    found = naming.named(words) or naming.worded(words)
    return min(found, key=lambda named: not named.is_whole)[:2]


@pytest.mark.parametrize(
    "words",
    ["goal 8", "SDG 8", "sdg8", "Objectif 8", "ODD 8", "الهدف 8", "هدف ٨", "目标8", "Цель 8", "ODS 8"],
)
def test_a_goal_is_named_by_its_number(words):
    assert best(words) == ("goal", "8")


def test_a_number_is_one_as_a_whole():
    assert ("goal", "17", False) not in naming.named("goal 1")
    assert best("8.7") == ("target", "8.7")


@pytest.mark.parametrize(
    ("words", "facet", "value"),
    [
        ("المياه", "theme", "water"),
        ("مياه", "theme", "water"),
        ("صحة", "theme", "health"),
        ("الصحه", "theme", "health"),
        ("والصحة", "theme", "health"),
        ("اوغندا", "country", "UGA"),
        ("عمل الاطفال", "target", "8.7"),
        ("خدمات مجانية", "kind", "pro_bono"),
        ("أفريقيا", "region", "002"),
        ("la santé", "theme", "health"),
        ("l’eau", "theme", "water"),
        ("travail des enfants", "target", "8.7"),
        ("à titre gracieux", "kind", "pro_bono"),
        ("水", "theme", "water"),
        ("童工", "target", "8.7"),
        ("公益服务", "kind", "pro_bono"),
        ("乌干达", "country", "UGA"),
        ("детский труд", "target", "8.7"),
        ("trabajo infantil", "target", "8.7"),
        ("child labour", "target", "8.7"),
    ],
)
def test_a_filter_is_named_in_each_language(words, facet, value):
    assert best(words) == (facet, value)


def test_without_words_no_names_are_gathered(monkeypatch):
    monkeypatch.setattr(naming, "_known", None)
    assert suggest_filters(Wanted()) == []


@pytest.mark.parametrize("begun", ["الم", "المي", "ألم", "مي"])
def test_the_arabic_article_may_be_typed_or_not(begun):
    assert {named.facet for named in naming.named(begun)} & {"theme", "country"}


@pytest.mark.parametrize("words", ["", "a", "l'", "?", "٪", "zzqqzz", "\u0640", "x" * 200, "((", "|"])
def test_words_that_name_no_filter(words):
    assert naming.named(words) == []
    assert naming.mentioned(words) == []


@pytest.mark.parametrize("words", ["water for schools in Uganda", "乌干达水", "الماء والمياه في أوغندا"])
def test_a_longer_text_mentions_filters(words):
    found = {named[:2] for named in naming.mentioned(words)}
    assert {("country", "UGA"), ("theme", "water")} <= found


def test_an_official_wording_counts_where_no_name_is_used():
    PartnershipFactory(is_public=True, targets=["8.7"])
    assert [(s.facet, s.value) for s in suggest_filters(Wanted("modern slavery"))] == [("target", "8.7")]


def test_what_is_chosen_is_not_suggested_again_and_counts_leave_its_facet_out():
    PartnershipFactory(is_public=True, targets=["6.1"], countries=["UGA"])
    PartnershipFactory(is_public=True, targets=["8.7"], countries=["UGA"])
    wanted = Wanted("goal 6", {"goal": ["8"], "country": ["UGA"]})
    assert [(s.value, s.count) for s in suggest_filters(wanted) if s.facet == "goal"] == [("6", 1)]
    assert suggest_filters(Wanted("goal 6", {"goal": ["6"]})) == []


def test_only_filters_of_records_that_the_reader_may_see():
    PartnershipFactory(targets=["6.1"], visibility="un_system")
    assert suggest_filters(Wanted("goal 6")) == []
    assert suggest_filters(Wanted("goal 6", sees_inside=True))[0].count == 1


def test_words_that_name_a_filter_are_not_put_right():
    record = PartnershipFactory(is_public=True, title="Enfant", summary="", targets=["8.7"])
    ContributionFactory(partnership=record)
    with override("fr"):
        _found, close_words, meant = understood(Wanted("travail des enfants"))
    assert close_words == ""
    assert [(s.facet, s.value) for s in meant] == [("target", "8.7")]


def test_misspelt_words_are_put_right_before_filters_are_guessed():
    PartnershipFactory(is_public=True, title="Zephyrine water", countries=["UGA"])
    found, close_words, _meant = understood(Wanted("Zephyrina Uganda"))
    assert (found.total, close_words) == (1, "zephyrine Uganda")
