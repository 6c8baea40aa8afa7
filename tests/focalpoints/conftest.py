import pytest


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    """The second factor has tests of its own; here it would stand before every page."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("second_factor")]
