import pytest
from django.db import transaction

from tests.portal.factories import UserFactory


@pytest.fixture
def sign_in(client):
    """Sign a new user in with the given roles: `user = sign_in("focal_point")`."""

    def enter(*roles: str, user=None):
        user = user or UserFactory(roles=list(roles))
        client.force_login(user)
        return user

    return enter


@pytest.fixture(scope="module")
def archive(django_db_setup, django_db_blocker):
    """The 43 records of the archive, loaded once for the tests of a file."""
    from partnerships.demo import registry

    with django_db_blocker.unblock(), transaction.atomic():
        registry.load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def desk():
    return UserFactory(roles=["registry_desk"])
