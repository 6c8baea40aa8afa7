from types import SimpleNamespace

from partnerships.models import SavedSearch
from partnerships.services.saved import stop_path
from tests.access import Row


def build(world: SimpleNamespace) -> None:
    """A search that the focal point of the own entity follows."""
    world.saved = SavedSearch.objects.create(
        user=world.users["focal_own"], name="Ours", query="type=core_business"
    )


PUBLIC = "200"
SIGNED_IN = "login 200 200 200 200 200 200 200 200"
ONLY_GET = "login 405 405 405 405 405 405 405 405"
MINE = "login 404 404 {own} 404 404 404 404 404"


def of_saved(world: SimpleNamespace) -> list:
    return [world.saved.pk]


ROWS: dict[str, Row] = {
    "partnerships:suggestions": Row(get=PUBLIC),
    "partnerships:partnership_compare": Row(get=PUBLIC),
    "partnerships:api_counts": Row(get=PUBLIC),
    "partnerships:umbrella_index": Row(get=PUBLIC),
    "partnerships:organization_index": Row(get=PUBLIC),
    "partnerships:country_index": Row(get=PUBLIC),
    "partnerships:goal_index": Row(get=PUBLIC),
    "partnerships:entity_index": Row(get=PUBLIC),
    "partnerships:entity_compare": Row(get=PUBLIC),
    "partnerships:data": Row(get=PUBLIC),
    "partnerships:map": Row(get=PUBLIC),
    "partnerships:statistics": Row(get=PUBLIC),
    "partnerships:statistics_figure": Row(get=PUBLIC, args=lambda world: ["goals"]),
    "partnerships:statistics_csv": Row(get=PUBLIC, args=lambda world: ["goals"]),
    "partnerships:statistics_embed": Row(get=PUBLIC, args=lambda world: ["goals"]),
    "partnerships:saved_list": Row(get=SIGNED_IN, post=ONLY_GET),
    "partnerships:saved_new": Row(get=SIGNED_IN, post="login 422 422 422 422 422 422 422 422"),
    "partnerships:saved_edit": Row(get=MINE.format(own=200), post=MINE.format(own=422), args=of_saved),
    "partnerships:saved_remove": Row(get=ONLY_GET, post=MINE.format(own=302), args=of_saved),
    "partnerships:saved_stop": Row(
        get=PUBLIC, post=PUBLIC, args=lambda world: [stop_path(world.saved).split("/")[-2]]
    ),
}
