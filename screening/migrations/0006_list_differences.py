import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0001_initial"),
        ("screening", "0005_company_disclosures"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListDifference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("matcher", models.CharField(max_length=40)),
                (
                    "part_count",
                    models.PositiveIntegerField(
                        help_text="Jobs that compare at most 500 changed entries each."
                    ),
                ),
                ("parts_done", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("affected", models.ManyToManyField(related_name="+", to="partnerships.company")),
                (
                    "before",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="screening.listversion",
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="difference",
                        to="screening.listversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("parts_done__lte", models.F("part_count"))),
                        name="difference_parts_within_count",
                    )
                ],
            },
        ),
    ]
