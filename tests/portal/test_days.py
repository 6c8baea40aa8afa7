import datetime

import pytest
from django.template import Context, Template
from django.utils.translation import override

from portal.days import day_words

DAY = datetime.datetime(2026, 11, 2, 9, 5)


@pytest.mark.parametrize(
    ("language", "form", "words"),
    [
        ("en", "j M Y", "2 Nov 2026"),
        ("es", "j M Y", "2 de noviembre de 2026"),
        ("fr", "j M", "2 novembre"),
        ("ru", "j F Y", "2 ноября 2026"),
        ("ru", "F Y", "Ноябрь 2026"),
        ("zh-hans", "j F Y", "2026年11月2日"),
        ("zh-hans", "j M H:i", "11月2日 09:05"),
        ("ar", "j F Y", "2 نوفمبر 2026"),
    ],
)
def test_a_day_is_written_as_the_language_does_in_code_and_in_templates(language, form, words):
    with override(language):
        assert day_words(DAY, form) == words
        assert Template("{{ day|date:form }}").render(Context({"day": DAY, "form": form})) == words


def test_a_day_for_machines_is_the_same_everywhere():
    with override("zh-hans"):
        assert (
            Template('{{ day|date:"Y-m-d" }}{{ none|date:"j F Y" }}').render(Context({"day": DAY}))
            == "2026-11-02"
        )
