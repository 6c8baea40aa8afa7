import pytest

from tests.portal.factories import UserFactory


@pytest.fixture
def sign_in(client):
    """Sign a new user in with the given roles: `user = sign_in("focal_point")`."""

    def enter(*roles: str, user=None):
        user = user or UserFactory(roles=list(roles))
        client.force_login(user)
        return user

    return enter
