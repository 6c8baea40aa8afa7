import pytest

from screening.models import ListSource


@pytest.fixture
def no_lists(db):
    """Only the lists that a test makes; those of the reference data would be missing in every run."""
    ListSource.objects.all().delete()
