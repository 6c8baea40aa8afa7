import pytest

from tests.portal.factories import UserFactory


@pytest.fixture
def sign_in(client, settings):
    """Sign a new user in with the given roles, past the second factor: `user = sign_in("focal_point")`."""

    def enter(*roles: str, user=None):
        settings.DEMO = True  # where no second factor is asked for
        user = user or UserFactory(roles=list(roles))
        client.force_login(user)
        return user

    return enter
