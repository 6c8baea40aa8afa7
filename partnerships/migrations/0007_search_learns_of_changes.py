import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# The words of an entry, some 2 kB, move out of the row: a count or a sort reads ten times fewer pages.
NARROW = """
ALTER TABLE partnerships_registryentry ALTER COLUMN words SET STORAGE EXTERNAL;
ALTER TABLE partnerships_registryentry ALTER COLUMN facets SET STORAGE PLAIN;
ALTER TABLE partnerships_registryentry SET (toast_tuple_target = 256);
"""
WIDE = """
ALTER TABLE partnerships_registryentry ALTER COLUMN words SET STORAGE EXTENDED;
ALTER TABLE partnerships_registryentry ALTER COLUMN facets SET STORAGE EXTENDED;
ALTER TABLE partnerships_registryentry RESET (toast_tuple_target);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0006_coordination"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegistryExit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("partnership_id", models.BigIntegerField()),
                ("changed_in", models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.AddField(
            model_name="registryentry",
            name="changed_in",
            field=models.BigIntegerField(default=0, help_text="Number of the transaction that wrote it."),
        ),
        migrations.AddIndex(
            model_name="registryentry",
            index=models.Index(
                fields=["title_key"], name="registry_title_begins", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="registryentry",
            index=models.Index(fields=["changed_in"], name="registry_changed_in"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="registryentry",
            trigger=pgtrigger.compiler.Trigger(
                name="leaves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    INSERT INTO partnerships_registryexit (partnership_id, changed_in)\n                    VALUES (OLD.partnership_id, pg_current_xact_id()::text::bigint);\n                    RETURN NULL;\n                ",
                    hash="9f565fa82f2712e42ca39ad44328381236b8171b",
                    operation="DELETE",
                    pgid="pgtrigger_leaves_90451",
                    table="partnerships_registryentry",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(NARROW, WIDE),
    ]
