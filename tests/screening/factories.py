"""The smallest valid rows of screening, and a list file in the layout of the Security Council."""

from io import BytesIO
from xml.sax.saxutils import escape

import factory

from partnerships.models import Company
from screening.models import ListSource, ListVersion
from screening.services import lists


class CompanyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Velmora Trading {n}")


class ListSourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ListSource

    code = factory.Sequence(lambda n: f"list{n}")
    title = factory.LazyAttribute(lambda source: f"Fictional list {source.code}")
    publisher = "Nobody"
    kind = ListSource.Kind.DEMONSTRATION
    importer = "un"
    criterion = "E-SAN-01"
    is_required = True


def list_xml(*names: str, persons: tuple[str, ...] = (), day: str = "2026-11-20", **changed: str) -> bytes:
    """A list of entities and persons; an entity's id is its name's place; "" leaves a place out.

    `changed` gives comments by entry id ("e1"), which change an entry and keep its name.
    """
    entities = "".join(
        f"<ENTITY><DATAID>e{n}</DATAID><FIRST_NAME>{escape(name)}</FIRST_NAME>"
        f"<REFERENCE_NUMBER>XXe.{n:03}</REFERENCE_NUMBER><UN_LIST_TYPE>Fiction</UN_LIST_TYPE>"
        f"<COMMENTS1>{escape(changed.get(f'e{n}', ''))}</COMMENTS1></ENTITY>"
        for n, name in enumerate(names, 1)
        if name
    )
    individuals = "".join(
        f"<INDIVIDUAL><DATAID>p{n}</DATAID><FIRST_NAME>{escape(name)}</FIRST_NAME>"
        f"<REFERENCE_NUMBER>XXi.{n:03}</REFERENCE_NUMBER></INDIVIDUAL>"
        for n, name in enumerate(persons, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<CONSOLIDATED_LIST dateGenerated="{day}T00:00:00Z"><INDIVIDUALS>{individuals}</INDIVIDUALS>'
        f"<ENTITIES>{entities}</ENTITIES></CONSOLIDATED_LIST>"
    ).encode()


def serve(source: ListSource, content: bytes, name: str = "list.xml") -> ListVersion:
    """Receive and load a file as the worker does."""
    version = lists.receive_file(source, BytesIO(content), name=name, by=None)
    return lists.load_version(version.pk)
