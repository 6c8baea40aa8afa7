import pytest

from screening.models import ListSource
from screening.services import clearances, decisions
from tests.portal.factories import UserFactory


@pytest.fixture
def no_lists(db):
    """Only the lists that a test makes; those of the reference data would be missing in every run."""
    ListSource.objects.all().delete()


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


@pytest.fixture
def decider():
    return UserFactory(roles=["decider"])


@pytest.fixture
def held(monkeypatch):
    """The companies whose partnerships were put on hold."""
    seen = []

    def hold(company, note, by=None, entity=None):
        seen.append(company.pk)
        return []

    for module in (clearances, decisions):
        monkeypatch.setattr(module, "hold_partnerships", hold)
    return seen
