from types import SimpleNamespace

from tests.access import Row
from tests.screening.factories import ListSourceFactory, list_xml, serve

NO = "login" + " 405" * 7
ADMIN_ONLY = "login 403 403 403 403 403 403 200"
ADMIN_POSTS = "login 403 403 403 403 403 403 302"
ADMIN_TYPES = "login 403 403 403 403 403 403 422"


def build(world: SimpleNamespace) -> None:
    world.list_source = ListSourceFactory(url="https://lists.example.org/a.xml")
    world.list_version = serve(world.list_source, list_xml("Quorvane Holding"))


ROWS: dict[str, Row] = {
    "screening:case_list": Row(post=NO, get="login 403 403 200 200 200 200 403"),
    "screening:list_sources": Row(post=NO, get=ADMIN_ONLY),
    "screening:list_detail": Row(post=NO, get=ADMIN_ONLY, args=lambda world: [world.list_source.pk]),
    "screening:list_upload": Row(get=NO, post=ADMIN_TYPES, args=lambda world: [world.list_source.pk]),
    "screening:list_fetch": Row(get=NO, post=ADMIN_POSTS, args=lambda world: [world.list_source.pk]),
    "screening:list_required": Row(get=NO, post=ADMIN_POSTS, args=lambda world: [world.list_source.pk]),
    "screening:version_detail": Row(post=NO, get=ADMIN_ONLY, args=lambda world: [world.list_source.pk, 1]),
    "screening:version_override": Row(get=NO, post=ADMIN_TYPES, args=lambda world: [world.list_source.pk, 1]),
}
