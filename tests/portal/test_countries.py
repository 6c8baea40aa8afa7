import pytest
from django.utils import translation

from portal.collation import in_order
from portal.countries import CountryField

pytestmark = pytest.mark.django_db


def names(language: str) -> list[str]:
    with translation.override(language):
        return [str(label) for _value, label in CountryField().choices]


def test_countries_stand_where_their_readers_look():
    french = names("fr")
    assert french[0] == "---------"
    assert french.index("Égypte") < french.index("Équateur") < french.index("Estonie") < french.index("Fidji")
    arabic = names("ar")
    assert arabic.index("الأرجنتين") < arabic.index("بنغلاديش") < arabic.index("مصر")
    assert names("en")[1:4] == ["Afghanistan", "Åland Islands", "Albania"]


def test_groups_of_any_rows_can_be_ordered():
    with translation.override("es"):
        assert in_order([("ñ", 1), ("o", 2), ("n", 3)], lambda row: row[0])[0] == ("n", 3)
