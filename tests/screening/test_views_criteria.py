import pytest

from screening.rating import catalogue

pytestmark = pytest.mark.django_db


def test_catalogue_shows_every_criterion_to_everybody(client):
    text = client.get("/criteria/").content.decode()
    assert all(f'id="{code}"' in text for code in catalogue().criteria)
    assert "R_high &gt;= 1 and S_core &gt;= 1 → High" in text


@pytest.mark.parametrize("case", catalogue().data["examples"], ids=lambda case: case["name"])
def test_anybody_can_try_the_rule(client, case):
    query = {**case["answers"], "level": case["level"], "overlay": case.get("overlay", "")}
    page = client.get("/criteria/rating/", query)
    assert page.context["result"].rating == case["expect"]
    assert page.status_code == 200


def test_nonsense_is_answered_in_words(client):
    assert client.get("/criteria/rating/?E-TOB-01=maybe&x=1").status_code == 200
    page = client.get("/criteria/rating/?level=deep")
    assert page.status_code == 422
    assert "no level" in page.content.decode()
