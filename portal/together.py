"""A migration operation for first migrations that create many models.

Django renders the models of the whole project anew after each `CreateModel`; with a hundred models that is
most of the time of a first start. Here the state of all is written first and rendered once.
"""

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation


class Together(Operation):
    """Create the models of `operations` as they stand after all of them.

    Takes CreateModel, and AddField, AddIndex and AddConstraint for those same models.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: list[Operation]):
        self.operations = operations

    def state_forwards(self, app_label, state) -> None:
        state.__dict__.pop("apps", None)  # rendered again when first asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        for name in self._names():
            model = to_state.apps.get_model(app_label, name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        for name in reversed(self._names()):
            model = from_state.apps.get_model(app_label, name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.delete_model(model)

    def _names(self) -> list[str]:
        return [operation.name for operation in self.operations if isinstance(operation, CreateModel)]

    def describe(self) -> str:
        return f"Create {len(self._names())} models together"
