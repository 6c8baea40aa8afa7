import datetime

from django.template import Context, Template
from django.utils.translation import override

from portal.marks import AS_IT_STARTS, END, LEFT_TO_RIGHT, RIGHT_TO_LEFT, days_in_order, joined


def drawn(source: str, **context) -> str:
    return Template(source).render(Context(context))


def test_texts_are_joined_with_the_comma_of_the_language():
    with override("en"):
        assert joined(["WFP", "", None, "FAO"]) == "WFP, FAO"
    with override("zh-hans"):
        assert joined(["粮食署", "粮农组织"]) == "粮食署、粮农组织"
        assert joined(["粮食署", "粮农组织"], ";") == "粮食署；粮农组织"
    with override("ar"):
        pieces = [f"{AS_IT_STARTS}{name}{END}" for name in ("WFP", "برنامج")]
        assert joined(["WFP", "برنامج"]) == RIGHT_TO_LEFT + "، ".join(pieces)
        assert joined(["WFP", "برنامج"], ";") == RIGHT_TO_LEFT + "؛ ".join(pieces)
        assert joined(["WFP"]) == pieces[0], "one name alone runs as it likes"
        assert joined([]) == ""


def test_joined_texts_are_escaped_where_they_stand():
    with override("ar"):
        assert "<b>" not in drawn("{{ names|joined }}{{ names|words }}", names=["<b>", "x"])


def test_a_numeric_day_keeps_its_order_among_arabic_words():
    with override("ar"):
        assert days_in_order("2027-03 أو 2027-03-01") == (
            f"{LEFT_TO_RIGHT}2027-03{END} أو {LEFT_TO_RIGHT}2027-03-01{END}"
        )
        assert days_in_order("C-2026-0001, 2027") == "C-2026-0001, 2027"
    with override("fr"):
        assert days_in_order("le 2027-03-01") == "le 2027-03-01"


def test_commas_in_templates_follow_the_language():
    at = datetime.datetime(2026, 11, 22, 20, 56)
    for language, words in (("en", "a, b; 22 Nov 2026, 20:56"), ("ar", "a، b؛ 22 نوفمبر 2026، 20:56")):
        with override(language):
            assert drawn('a{% mark "," %}b{% mark ";" %}{{ at|with_time:"j M Y" }}', at=at) == words


def test_a_written_text_has_the_order_of_its_own_language():
    text = "One.\n\nTwo <b>"
    assert (
        drawn("{{ text|linebreaks }}", text=text)
        == '<p dir="auto">One.</p>\n\n<p dir="auto">Two &lt;b&gt;</p>'
    )
    assert drawn("{{ text|linebreaksbr }}", text="One\ntwo <b>") == "<bdi>One<br>two &lt;b&gt;</bdi>"
    assert drawn("{{ text|linebreaksbr }}", text="") == ""
