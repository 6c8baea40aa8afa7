import time

import factory
from django.contrib.auth.models import Group

from portal.models import User
from portal.traps import page_token


def as_a_person(**data) -> dict:
    """What a person sends from a public form: with the moment of a page they had time to read."""
    return {**data, "opened": page_token(time.time() - 30)}


class UserFactory(factory.django.DjangoModelFactory):
    """A user with the given roles: `UserFactory(roles=["analyst"])`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@test.example")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def roles(self, create, extracted, **kwargs):
        if extracted:
            self.groups.set(Group.objects.filter(name__in=extracted))
