"""Answers about records, companies, offers and needs. Other apps import these names from here."""

from partnerships.queries import desk
from partnerships.queries import offers as offer_queries
from partnerships.queries.offers import open_needs
from partnerships.queries.registry import newest_partnerships, registry_figures
from portal.desk import DeskRow
from portal.models import User

__all__ = ["desk_rows", "newest_partnerships", "open_needs", "registry_figures"]


def desk_rows(user: User) -> list[DeskRow]:
    """What somebody has to do with records, offers and needs."""
    return desk.desk_rows(user) + offer_queries.desk_rows(user)
