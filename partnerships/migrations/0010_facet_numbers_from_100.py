from django.db import migrations, models

# The search is derived: `manage.py reindex` writes it anew.
EMPTY = "DELETE FROM partnerships_registryentry; DELETE FROM partnerships_facetvalue;"
FROM_100 = """
ALTER TABLE partnerships_facetvalue ALTER COLUMN id SET MINVALUE 100 SET START WITH 100 RESTART WITH 100;
"""
FROM_1 = "ALTER TABLE partnerships_facetvalue ALTER COLUMN id SET MINVALUE 1 SET START WITH 1;"


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0009_saved_searches"),
    ]

    operations = [
        migrations.RunSQL(EMPTY, migrations.RunSQL.noop),
        migrations.RunSQL(FROM_100, FROM_1),
        migrations.AddConstraint(
            model_name="facetvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("id__gte", 100)), name="facet_value_from_100"
            ),
        ),
    ]
