import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import portal.together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("focalpoints", "0001_initial"),
        ("partnerships", "0001_initial"),
        ("portal", "0001_initial"),
        ("portal", "__first__"),
    ]

    operations = [
        portal.together.Together(
            operations=[
                migrations.CreateModel(
                    name="Case",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(editable=False, max_length=20, unique=True)),
                        (
                            "tier",
                            models.CharField(
                                choices=[
                                    ("light", "Light engagement"),
                                    ("standard", "Standard engagement"),
                                    ("strategic", "Strategic engagement"),
                                ],
                                default="standard",
                                max_length=10,
                                verbose_name="engagement",
                            ),
                        ),
                        ("purpose", models.CharField(blank=True, max_length=300, verbose_name="purpose")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("research", "Research"),
                                    ("assessment", "Assessment"),
                                    ("decision", "Awaiting decision"),
                                    ("closed", "Closed"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="research",
                                max_length=15,
                                verbose_name="status",
                            ),
                        ),
                        ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("due_on", models.DateField(null=True)),
                        (
                            "recommendation",
                            models.CharField(blank=True, max_length=25, verbose_name="recommendation"),
                        ),
                        ("recommendation_note", models.TextField(blank=True, verbose_name="reasons")),
                        ("recommended_at", models.DateTimeField(null=True)),
                        (
                            "labels",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=30),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "returned_at",
                            models.DateTimeField(
                                help_text="When a decider sent it back; such come first.", null=True
                            ),
                        ),
                        (
                            "paused_on",
                            models.DateField(
                                help_text="Since when others owe an answer: the due date moves by the working days.",
                                null=True,
                            ),
                        ),
                        ("snoozed_until", models.DateField(null=True)),
                        (
                            "is_snoozed_for_list",
                            models.BooleanField(default=False, help_text="Until a list changes."),
                        ),
                        ("escalated_at", models.DateTimeField(null=True)),
                        (
                            "escalation_reason",
                            models.CharField(blank=True, max_length=300, verbose_name="why it is escalated"),
                        ),
                        (
                            "least_level",
                            models.CharField(
                                blank=True,
                                help_text="Where the case was sent up: the level that decides at least.",
                                max_length=2,
                            ),
                        ),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "analyst",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="focalpoints.unentity",
                            ),
                        ),
                        (
                            "follows",
                            models.ForeignKey(
                                help_text="The case it reopens.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="followed_by",
                                to="screening.case",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["due_on", "id"],
                        "permissions": [
                            ("request_case", "Can ask for a screening"),
                            ("view_clearance", "Can see the clearance of a company"),
                            ("review_hit", "Can decide hits"),
                            ("assess_case", "Can recommend"),
                            ("decide_case", "Can decide cases as the second person"),
                            ("manage_catalogue", "Can draft and publish criteria"),
                        ],
                        "indexes": [models.Index(fields=["status", "due_on"], name="case_queue")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        ["research", "assessment", "decision", "closed", "withdrawn"],
                                    )
                                ),
                                name="case_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("tier__in", ["light", "standard", "strategic"])),
                                name="case_tier_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status__in", ["closed", "withdrawn"]), _negated=True),
                                fields=("company",),
                                name="one_open_case",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("analyst", None),
                                    ("requested_by", None),
                                    models.Q(("analyst", models.F("requested_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="case_analyst_did_not_request",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ["decision", "closed"]), _negated=True),
                                    models.Q(
                                        ("analyst__isnull", False),
                                        models.Q(("recommendation", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="case_decision_has_recommendation",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Advice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("text", models.TextField(verbose_name="what you advise")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="advice",
                                to="screening.case",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "advice",
                        "ordering": ["at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="CatalogueVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "version",
                            models.CharField(
                                help_text="major.minor.patch; a draft's is a proposal.", max_length=20
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("draft", "Draft"), ("published", "Published")],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        (
                            "content",
                            models.JSONField(help_text="In the layout of screening/data/criteria.yaml."),
                        ),
                        (
                            "sha256",
                            models.CharField(
                                blank=True, help_text="Of the content, once published.", max_length=64
                            ),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="what changes, and why")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("published_at", models.DateTimeField(null=True)),
                        (
                            "revision",
                            models.PositiveIntegerField(
                                default=1, help_text="Grows with each edit of a draft."
                            ),
                        ),
                        (
                            "drafted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-published_at", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["draft", "published"])),
                                name="catalogue_status_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "published")),
                                fields=("version",),
                                name="catalogue_version_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "draft")),
                                fields=("status",),
                                name="catalogue_one_draft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status", "draft"),
                                    models.Q(
                                        ("published_at__isnull", False),
                                        models.Q(("sha256", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="catalogue_published_is_sealed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Assessment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "depth",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("basic", "Basic"),
                                    ("standard", "Standard"),
                                    ("enhanced", "Enhanced"),
                                ],
                                help_text="Set by a person who wants more than the rule asks for; never less.",
                                max_length=10,
                                verbose_name="depth of work",
                            ),
                        ),
                        (
                            "overlay",
                            models.CharField(
                                blank=True, help_text="Name in the catalogue; empty for none.", max_length=60
                            ),
                        ),
                        ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("benefit_and_cost", models.TextField(blank=True, verbose_name="benefit and cost")),
                        ("risk_note", models.TextField(blank=True, verbose_name="risks, and who owns them")),
                        (
                            "mitigation_plan",
                            models.TextField(blank=True, verbose_name="mitigation plan, with dates"),
                        ),
                        (
                            "monitoring_months",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="monitoring every so many months"
                            ),
                        ),
                        (
                            "country_office_opinion",
                            models.TextField(blank=True, verbose_name="opinion of the country office"),
                        ),
                        ("exit_clause", models.TextField(blank=True, verbose_name="exit clause")),
                        (
                            "has_no_conflict",
                            models.BooleanField(
                                default=False, verbose_name="I have no conflict of interest in this case"
                            ),
                        ),
                        ("rating", models.CharField(blank=True, max_length=15)),
                        ("common_rating", models.CharField(blank=True, max_length=15)),
                        ("rated_depth", models.CharField(blank=True, max_length=10)),
                        (
                            "steps",
                            models.JSONField(
                                default=list, help_text="screening.rating.Step as dictionaries."
                            ),
                        ),
                        (
                            "outcomes",
                            models.JSONField(
                                default=dict,
                                help_text='{code: {"answer", "origin", "why", "source_url", "source_on"}}, as rated.',
                            ),
                        ),
                        ("rated_at", models.DateTimeField(null=True)),
                        (
                            "review_due_since",
                            models.DateField(
                                help_text="When a catalogue of a newer major version came into force.",
                                null=True,
                            ),
                        ),
                        (
                            "began_with",
                            models.ForeignKey(
                                help_text="Whose answers were taken over.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reused_in",
                                to="screening.assessment",
                            ),
                        ),
                        (
                            "case",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assessment",
                                to="screening.case",
                            ),
                        ),
                        (
                            "catalogue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assessments",
                                to="screening.catalogueversion",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rated_at", None), ("rating", "")),
                                    models.Q(
                                        models.Q(("rating", ""), _negated=True), ("rated_at__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="assessment_rated_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("monitoring_months", None),
                                    models.Q(("monitoring_months__gte", 1), ("monitoring_months__lte", 12)),
                                    _connector="OR",
                                ),
                                name="assessment_monitoring",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompactEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "source",
                            models.CharField(help_text="Who says so", max_length=200, verbose_name="source"),
                        ),
                        ("source_url", models.URLField(blank=True, max_length=500, verbose_name="link")),
                        ("stated_on", models.DateField(verbose_name="as of")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "ended_at",
                            models.DateTimeField(help_text="When it was replaced or struck.", null=True),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("active", "Active"),
                                    ("non_communicating", "Non-communicating"),
                                    ("delisted", "Delisted"),
                                ],
                                max_length=20,
                                verbose_name="status",
                            ),
                        ),
                        ("on", models.DateField(verbose_name="since")),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        (
                            "participant_id",
                            models.CharField(blank=True, max_length=20, verbose_name="participant number"),
                        ),
                        (
                            "report_due_on",
                            models.DateField(blank=True, null=True, verbose_name="next report due"),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="compact_events",
                                to="partnerships.company",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-on", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["active", "non_communicating", "delisted"])
                                ),
                                name="compact_status_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompanyFact",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "source",
                            models.CharField(help_text="Who says so", max_length=200, verbose_name="source"),
                        ),
                        ("source_url", models.URLField(blank=True, max_length=500, verbose_name="link")),
                        ("stated_on", models.DateField(verbose_name="as of")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "ended_at",
                            models.DateTimeField(help_text="When it was replaced or struck.", null=True),
                        ),
                        ("field", models.CharField(max_length=40)),
                        ("value", models.JSONField(help_text="Text, number, yes or no, or a list of texts.")),
                        (
                            "is_disclosed",
                            models.BooleanField(default=False, help_text="Stated by the company itself."),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="facts",
                                to="partnerships.company",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("company", "field"),
                                name="fact_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompanyMerge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "moved",
                            models.JSONField(
                                help_text='{"app.model.field": [primary keys of the rows that moved]}'
                            ),
                        ),
                        (
                            "name_added",
                            models.BooleanField(
                                default=False, help_text="The name of `gone` became one of `kept`."
                            ),
                        ),
                        ("was_from_archive", models.BooleanField(default=False)),
                        ("note", models.CharField(max_length=300)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("undone_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "gone",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_into",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "kept",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_from",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "undone_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kept", models.F("gone")), _negated=True),
                                name="merge_of_two",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at", None)), fields=("gone",), name="merge_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompanyNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("text", models.TextField(verbose_name="note")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                help_text="Where it was written.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="screening.case",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="screening_notes",
                                to="partnerships.company",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Condition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("text", models.CharField(max_length=300, verbose_name="condition")),
                        (
                            "owner",
                            models.CharField(
                                choices=[
                                    ("company", "Company"),
                                    ("focal_point", "Focal point"),
                                    ("registry_desk", "Registry desk"),
                                ],
                                default="company",
                                max_length=15,
                                verbose_name="owner",
                            ),
                        ),
                        ("due_on", models.DateField(verbose_name="due")),
                        ("evidence", models.CharField(blank=True, max_length=200, verbose_name="evidence")),
                        ("met_at", models.DateTimeField(null=True)),
                        (
                            "met_note",
                            models.CharField(blank=True, max_length=300, verbose_name="how it was met"),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="conditions",
                                to="screening.case",
                            ),
                        ),
                        (
                            "met_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["due_on", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("owner__in", ["company", "focal_point", "registry_desk"])
                                ),
                                name="condition_owner_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("met_at", None), ("met_by", None)),
                                    models.Q(("met_at__isnull", False), ("met_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="condition_met_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Controversy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "source",
                            models.CharField(help_text="Who says so", max_length=200, verbose_name="source"),
                        ),
                        ("source_url", models.URLField(blank=True, max_length=500, verbose_name="link")),
                        ("stated_on", models.DateField(verbose_name="as of")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "ended_at",
                            models.DateTimeField(help_text="When it was replaced or struck.", null=True),
                        ),
                        ("title", models.CharField(max_length=300, verbose_name="what is alleged")),
                        ("on", models.DateField(verbose_name="when it happened")),
                        (
                            "theme",
                            models.CharField(
                                choices=[
                                    ("sanctions", "Sanctions"),
                                    ("forced_labour", "Forced labour"),
                                    ("child_labour", "Child labour"),
                                    ("human_rights", "Human rights"),
                                    ("labour", "Labour"),
                                    ("land", "Land and indigenous peoples"),
                                    ("environment", "Environment"),
                                    ("climate", "Climate"),
                                    ("corruption", "Corruption, tax or competition"),
                                    ("infant_feeding", "Infant feeding"),
                                    ("product", "Products and consumers"),
                                    ("other", "Another theme"),
                                ],
                                max_length=20,
                                verbose_name="theme",
                            ),
                        ),
                        (
                            "severity",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5")],
                                help_text="From 1, slight, to 5, grave",
                                verbose_name="severity",
                            ),
                        ),
                        (
                            "allegation",
                            models.CharField(
                                choices=[
                                    ("alleged", "Alleged"),
                                    ("under_investigation", "Under investigation"),
                                    ("admitted", "Admitted"),
                                    ("found", "Found by a court or authority"),
                                    ("dismissed", "Dismissed"),
                                    ("remedied", "Remedied"),
                                ],
                                default="alleged",
                                max_length=20,
                                verbose_name="status",
                            ),
                        ),
                        ("company_reply", models.TextField(blank=True, verbose_name="what the company says")),
                        (
                            "countries",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=3), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="controversies",
                                to="partnerships.company",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "controversies",
                        "ordering": ["-on", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("severity__gte", 1), ("severity__lte", 5)),
                                name="controversy_severity",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "theme__in",
                                        [
                                            "sanctions",
                                            "forced_labour",
                                            "child_labour",
                                            "human_rights",
                                            "labour",
                                            "land",
                                            "environment",
                                            "climate",
                                            "corruption",
                                            "infant_feeding",
                                            "product",
                                            "other",
                                        ],
                                    )
                                ),
                                name="controversy_theme_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "allegation__in",
                                        [
                                            "alleged",
                                            "under_investigation",
                                            "admitted",
                                            "found",
                                            "dismissed",
                                            "remedied",
                                        ],
                                    )
                                ),
                                name="controversy_status_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Decision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(editable=False, max_length=20, unique=True)),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "tier",
                            models.CharField(
                                choices=[
                                    ("light", "Light engagement"),
                                    ("standard", "Standard engagement"),
                                    ("strategic", "Strategic engagement"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("approved", "Approved"),
                                    ("approved_with_conditions", "Approved with conditions"),
                                    ("deferred", "Deferred"),
                                    ("declined", "Declined"),
                                    ("not_eligible", "Not eligible"),
                                ],
                                max_length=25,
                                verbose_name="outcome",
                            ),
                        ),
                        (
                            "computed_rating",
                            models.CharField(
                                blank=True, help_text="By the rule. Empty before assessments.", max_length=15
                            ),
                        ),
                        (
                            "rating",
                            models.CharField(
                                blank=True,
                                help_text="As decided: the computed one or a stricter one.",
                                max_length=15,
                            ),
                        ),
                        (
                            "override_reason",
                            models.CharField(blank=True, max_length=500, verbose_name="why stricter"),
                        ),
                        (
                            "level",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("L1", "Head of country office or unit chief"),
                                    ("L2", "Private sector unit at headquarters or regional director"),
                                    ("L3", "Partnership committee of the entity"),
                                    ("L4", "Executive head of the entity"),
                                ],
                                max_length=2,
                            ),
                        ),
                        (
                            "reason_codes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("exclusion", "An exclusionary criterion is met"),
                                        ("risk", "The risk is higher than the engagement can carry"),
                                        ("no_information", "Information that was asked for was not given"),
                                        (
                                            "conflict",
                                            "A conflict of interest with the mandate or with procurement",
                                        ),
                                        (
                                            "no_plan",
                                            "The risks cannot be mitigated in the time of the engagement",
                                        ),
                                        (
                                            "reputation",
                                            "The benefit does not outweigh the risk to the Organization's name",
                                        ),
                                        ("no_fit", "Outside the mandate of the UN entity"),
                                    ],
                                    max_length=20,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "conditions",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(),
                                blank=True,
                                default=list,
                                help_text="The case's conditions, as decided.",
                                size=None,
                            ),
                        ),
                        ("note", models.TextField(verbose_name="reasons")),
                        (
                            "has_no_conflict",
                            models.BooleanField(verbose_name="I have no conflict of interest in this case"),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("valid_until", models.DateField(null=True)),
                        ("suspended_at", models.DateTimeField(null=True)),
                        ("suspended_note", models.CharField(blank=True, max_length=300)),
                        (
                            "analyst",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decision",
                                to="screening.case",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="focalpoints.unentity",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Disclosure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("values", models.JSONField(default=dict, help_text="{field of the dossier: value}")),
                        (
                            "activities",
                            models.JSONField(
                                default=list,
                                help_text='[{"sector": ISIC code, "role", "revenue_share": text or null}]',
                            ),
                        ),
                        (
                            "parts_done",
                            models.JSONField(
                                default=list, help_text="Slugs of the parts that were saved whole."
                            ),
                        ),
                        ("revision", models.PositiveIntegerField(default=1)),
                        ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "begun_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="disclosures",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "sent_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-begun_at"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("sent_at", None)),
                                fields=("company",),
                                name="disclosure_one_draft",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="JointNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="joint_notes",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "earlier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="screening.decision",
                            ),
                        ),
                        (
                            "later",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="joint_note",
                                to="screening.decision",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-opened_at"],
                    },
                ),
                migrations.CreateModel(
                    name="JointRemark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("text", models.TextField(verbose_name="what weighed with you")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "note",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="remarks",
                                to="screening.jointnote",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="ListSource",
                    fields=[
                        ("code", models.CharField(max_length=30, primary_key=True, serialize=False)),
                        ("title", models.CharField(max_length=200)),
                        ("publisher", models.CharField(max_length=120)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("sanctions", "Sanctions"),
                                    ("debarment", "Debarment"),
                                    ("exclusion", "Exclusion"),
                                    ("standing", "Standing in a programme"),
                                    ("demonstration", "Demonstration, fictional"),
                                ],
                                max_length=15,
                            ),
                        ),
                        (
                            "importer",
                            models.CharField(
                                help_text="Family of `screening.lists.importers` that reads it.",
                                max_length=30,
                            ),
                        ),
                        (
                            "mapping",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="Of a table: which column holds what, screening.lists.mapped_csv.parse_with.",
                            ),
                        ),
                        (
                            "url",
                            models.URLField(
                                blank=True,
                                help_text="Where the publisher keeps the file; the only address fetched.",
                            ),
                        ),
                        (
                            "hosts",
                            models.CharField(
                                blank=True,
                                help_text="Other hosts that the address may lead to, with blanks between.",
                                max_length=300,
                            ),
                        ),
                        ("fetch_every_hours", models.PositiveSmallIntegerField(default=24)),
                        (
                            "is_confidential",
                            models.BooleanField(
                                default=False,
                                help_text="Only reviewers see its entries; the API leaves them out for others.",
                            ),
                        ),
                        (
                            "page_url",
                            models.URLField(blank=True, help_text="The publisher's page about the list."),
                        ),
                        (
                            "criterion",
                            models.CharField(
                                blank=True,
                                help_text='Criterion that a true match meets: "E-SAN-01". Empty: for a reviewer to weigh.',
                                max_length=20,
                            ),
                        ),
                        ("stale_after_days", models.PositiveSmallIntegerField(default=7)),
                        (
                            "is_required",
                            models.BooleanField(
                                default=False,
                                help_text="Without a fresh version of this list no screening is complete.",
                            ),
                        ),
                        (
                            "expected_low",
                            models.PositiveIntegerField(
                                help_text="Fewest entries that are believed.", null=True
                            ),
                        ),
                        (
                            "expected_high",
                            models.PositiveIntegerField(
                                help_text="Most entries that are believed.", null=True
                            ),
                        ),
                        ("licence", models.CharField(blank=True, max_length=200)),
                        (
                            "etag",
                            models.CharField(
                                blank=True, help_text="Of the last file fetched.", max_length=200
                            ),
                        ),
                        (
                            "last_modified",
                            models.CharField(
                                blank=True, help_text="Of the last file fetched.", max_length=60
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kind", "code"],
                        "permissions": [("manage_lists", "Can import lists")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["sanctions", "debarment", "exclusion", "standing", "demonstration"],
                                    )
                                ),
                                name="list_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("fetch_every_hours__range", (1, 168))),
                                name="list_fetched_at_most_hourly",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ListVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("received", "Received"),
                                    ("refused", "Refused"),
                                    ("serving", "In use"),
                                    ("retired", "Replaced"),
                                ],
                                default="received",
                                max_length=10,
                            ),
                        ),
                        ("file", models.FileField(max_length=200, upload_to="lists/")),
                        ("file_name", models.CharField(max_length=200)),
                        ("size", models.PositiveBigIntegerField(help_text="Bytes.")),
                        ("sha256", models.CharField(max_length=64)),
                        ("published_on", models.DateField(help_text="The publisher's own date.", null=True)),
                        (
                            "is_fetched",
                            models.BooleanField(
                                default=False, help_text="Came from the publisher's address."
                            ),
                        ),
                        (
                            "as_of",
                            models.DateTimeField(
                                default=django.utils.timezone.now,
                                help_text="Last moment at which this was known to be the publisher's current file. For a file handed in by a person that is the publisher's date, where the file states one.",
                            ),
                        ),
                        ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("served_at", models.DateTimeField(null=True)),
                        ("person_count", models.PositiveIntegerField(default=0)),
                        ("organization_count", models.PositiveIntegerField(default=0)),
                        ("other_count", models.PositiveIntegerField(default=0)),
                        ("name_count", models.PositiveIntegerField(default=0)),
                        ("added_count", models.PositiveIntegerField(default=0)),
                        ("removed_count", models.PositiveIntegerField(default=0)),
                        ("changed_count", models.PositiveIntegerField(default=0)),
                        (
                            "findings",
                            models.JSONField(
                                default=list,
                                help_text='[{"severity", "code", "sentence", "values", "place"}], see lists.model.Finding',
                            ),
                        ),
                        (
                            "override_note",
                            models.TextField(
                                blank=True, help_text="Why a person let it serve in spite of findings."
                            ),
                        ),
                        (
                            "override_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "received_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="screening.listsource",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["source", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("source", "number"), name="list_version_number_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "serving")),
                                fields=("source",),
                                name="one_serving_version",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["received", "refused", "serving", "retired"])
                                ),
                                name="list_version_status_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ListEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("source_id", models.CharField(help_text="The publisher's own id.", max_length=80)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("person", "Person"),
                                    ("organization", "Organization"),
                                    ("vessel", "Vessel"),
                                    ("aircraft", "Aircraft"),
                                    ("unknown", "Not stated"),
                                ],
                                max_length=15,
                            ),
                        ),
                        ("name", models.CharField(help_text="Primary name.", max_length=500)),
                        ("content", models.JSONField()),
                        ("fingerprint", models.CharField(max_length=64)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="entries",
                                to="screening.listversion",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "list entries",
                        "constraints": [
                            models.UniqueConstraint(fields=("version", "source_id"), name="list_entry_once")
                        ],
                    },
                ),
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
                migrations.CreateModel(
                    name="ListChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("added", "Added"), ("removed", "Removed"), ("changed", "Changed")],
                                max_length=10,
                            ),
                        ),
                        ("source_id", models.CharField(max_length=80)),
                        ("name", models.CharField(max_length=500)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="changes",
                                to="screening.listversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kind", "name"],
                        "constraints": [
                            models.UniqueConstraint(fields=("version", "source_id"), name="list_change_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MatchRequest",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "queries",
                            models.JSONField(
                                help_text="What screening.matching.subject_of reads, for each name."
                            ),
                        ),
                        (
                            "answers",
                            models.JSONField(
                                help_text="One list of hits for each query, in the same order.", null=True
                            ),
                        ),
                        ("matcher", models.CharField(blank=True, max_length=40)),
                        ("list_versions", models.JSONField(default=list, help_text='["un v12", …]')),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["at"], name="match_request_at")],
                    },
                ),
                migrations.CreateModel(
                    name="OverlayUse",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "overlay",
                            models.CharField(
                                help_text="Its name in the catalogue.", max_length=60, verbose_name="overlay"
                            ),
                        ),
                        ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "entity",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="overlay_use",
                                to="focalpoints.unentity",
                            ),
                        ),
                        (
                            "set_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Question",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "to",
                            models.CharField(
                                choices=[
                                    ("company", "The company"),
                                    ("requester", "Who asked for it"),
                                    ("country_office", "The country office"),
                                ],
                                max_length=15,
                                verbose_name="to",
                            ),
                        ),
                        ("code", models.CharField(blank=True, max_length=20, verbose_name="criterion")),
                        ("text", models.TextField(verbose_name="question")),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("answer", models.TextField(blank=True, verbose_name="answer")),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "dropped_at",
                            models.DateTimeField(
                                help_text="When the analyst went on without an answer.", null=True
                            ),
                        ),
                        (
                            "answered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="questions",
                                to="screening.case",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["asked_at", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("to__in", ["company", "requester", "country_office"])),
                                name="question_to_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answer", ""), ("answered_at", None)),
                                    models.Q(
                                        models.Q(("answer", ""), _negated=True),
                                        ("answered_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="question_answered_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reply",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("reply", "Reply"), ("appeal", "Appeal")],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("text", models.TextField(verbose_name="what you want to say")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "Awaits an answer"),
                                    ("upheld", "The decision stands"),
                                    ("overturned", "The company is examined again"),
                                ],
                                default="open",
                                max_length=15,
                            ),
                        ),
                        ("answer", models.TextField(blank=True, verbose_name="answer to the company")),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "decision",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replies",
                                to="screening.decision",
                            ),
                        ),
                        (
                            "first_analyst",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "first_decider",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "replies",
                        "ordering": ["-at", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["open", "upheld", "overturned"])),
                                name="reply_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["reply", "appeal"])), name="reply_kind_known"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "open")),
                                fields=("decision", "kind"),
                                name="reply_one_open",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "appeal")),
                                fields=("decision",),
                                name="reply_one_appeal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("answered_by", None),
                                    ("kind", "reply"),
                                    models.Q(
                                        models.Q(("answered_by", models.F("first_decider")), _negated=True),
                                        models.Q(("answered_by", models.F("first_analyst")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="reply_answered_by_others",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status", "open"),
                                    models.Q(
                                        ("answered_by__isnull", False),
                                        models.Q(("answer", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="reply_answered_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedView",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        ("query", models.CharField(blank=True, max_length=300)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="case_views",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "name"), name="saved_view_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScreeningRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("company_version", models.PositiveIntegerField()),
                        (
                            "inputs",
                            models.CharField(
                                help_text="Hash of company version, list versions, matcher and gaps.",
                                max_length=64,
                            ),
                        ),
                        (
                            "subject",
                            models.JSONField(
                                help_text="Names, people and facts as screened: screening.matching.as_screened"
                            ),
                        ),
                        ("matcher", models.CharField(max_length=40)),
                        ("threshold", models.FloatField()),
                        ("is_complete", models.BooleanField()),
                        (
                            "gaps",
                            models.JSONField(
                                default=list,
                                help_text='[{"code": "missing" or "stale", "list", "title", "as_of"}]',
                            ),
                        ),
                        (
                            "found",
                            models.JSONField(
                                default=list, help_text="The explanation of each hit, as it was in this run."
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "list_versions",
                            models.ManyToManyField(related_name="runs", to="screening.listversion"),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-id"],
                        "indexes": [models.Index(fields=["company", "-at"], name="run_latest")],
                    },
                ),
                migrations.CreateModel(
                    name="Hit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("source_entry_id", models.CharField(max_length=80)),
                        ("entry_name", models.CharField(max_length=500)),
                        (
                            "entry_content",
                            models.JSONField(help_text="The entry as it was when last screened."),
                        ),
                        ("entry_fingerprint", models.CharField(max_length=64)),
                        (
                            "subject_role",
                            models.CharField(
                                choices=[
                                    ("company", "Company"),
                                    ("owner", "Owner"),
                                    ("director", "Director"),
                                    ("parent", "Parent company"),
                                ],
                                max_length=15,
                            ),
                        ),
                        (
                            "subject_key",
                            models.CharField(
                                help_text='"company", or role and folded name of a person', max_length=220
                            ),
                        ),
                        ("subject_name", models.CharField(max_length=300)),
                        ("subject_fingerprint", models.CharField(max_length=64)),
                        ("score", models.FloatField(help_text="From 0 to 1.")),
                        ("band", models.CharField(max_length=30)),
                        ("explanation", models.JSONField(help_text="screening.names.Match.as_dict()")),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("true_match", "True match"),
                                    ("false_positive", "False positive"),
                                    ("inconclusive", "Inconclusive"),
                                ],
                                max_length=15,
                                verbose_name="outcome",
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("identifier_equal", "The same identifier"),
                                    ("facts_agree", "Name and facts agree"),
                                    ("confirmed_by_company", "Confirmed by the company"),
                                    ("other_country", "Different country and owners"),
                                    ("other_person", "Different birth date or person"),
                                    ("other_activity", "Different activity"),
                                    ("common_name", "Only a common name agrees"),
                                    ("other_identifier", "Different identifier"),
                                    ("more_needed", "More information is needed"),
                                ],
                                max_length=30,
                                verbose_name="reason",
                            ),
                        ),
                        ("comment", models.TextField(blank=True, verbose_name="comment for the record")),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "reopened",
                            models.JSONField(
                                help_text='Why an earlier outcome no longer holds: {"was", "on", "why", "added", "removed", "note"}',
                                null=True,
                            ),
                        ),
                        (
                            "closed_at",
                            models.DateTimeField(
                                help_text="When the entry left the list or no longer resembles.", null=True
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hits",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                help_text="As last seen.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="hits",
                                to="screening.listentry",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="screening.listsource",
                            ),
                        ),
                        (
                            "list_version",
                            models.ForeignKey(
                                help_text="As last seen.",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="screening.listversion",
                            ),
                        ),
                        (
                            "first_run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="screening.screeningrun",
                            ),
                        ),
                        (
                            "last_run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hits",
                                to="screening.screeningrun",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-score", "id"],
                        "indexes": [models.Index(fields=["source", "source_entry_id"], name="hit_entry")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "source", "source_entry_id", "subject_key"),
                                name="hit_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("outcome__in", ["", "true_match", "false_positive", "inconclusive"])
                                ),
                                name="hit_outcome_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("subject_role__in", ["company", "owner", "director", "parent"])
                                ),
                                name="hit_role_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at", None),
                                        ("decided_by", None),
                                        ("outcome", ""),
                                        ("reason", ""),
                                    ),
                                    models.Q(
                                        models.Q(("outcome", ""), _negated=True),
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="hit_outcome_has_person",
                            ),
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="decision",
                    name="run",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="screening.screeningrun",
                    ),
                ),
                migrations.AddIndex(
                    model_name="decision",
                    index=models.Index(fields=["company", "-at"], name="decision_latest"),
                ),
                migrations.AddConstraint(
                    model_name="decision",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                [
                                    "approved",
                                    "approved_with_conditions",
                                    "deferred",
                                    "declined",
                                    "not_eligible",
                                ],
                            )
                        ),
                        name="decision_outcome_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="decision",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by", models.F("analyst")), _negated=True),
                            models.Q(
                                ("requested_by", None),
                                models.Q(("by", models.F("requested_by")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="decision_four_eyes",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="decision",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("has_no_conflict", True)), name="decision_without_conflict"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="decision",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("outcome__in", ["approved", "approved_with_conditions"]), _negated=True
                            ),
                            ("valid_until__isnull", False),
                            _connector="OR",
                        ),
                        name="decision_approval_ends",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="decision",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rating__in", ["excluded", "blocked"]), _negated=True),
                            models.Q(
                                ("outcome__in", ["approved", "approved_with_conditions"]), _negated=True
                            ),
                            _connector="OR",
                        ),
                        name="decision_excluded_is_not_approved",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="decision",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("rating", models.F("computed_rating")),
                            models.Q(("override_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="decision_override_has_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="decision",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "approved_with_conditions"), _negated=True),
                            models.Q(("conditions", []), _negated=True),
                            _connector="OR",
                        ),
                        name="decision_conditions_where_promised",
                    ),
                ),
                migrations.CreateModel(
                    name="Activity",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "source",
                            models.CharField(help_text="Who says so", max_length=200, verbose_name="source"),
                        ),
                        ("source_url", models.URLField(blank=True, max_length=500, verbose_name="link")),
                        ("stated_on", models.DateField(verbose_name="as of")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "ended_at",
                            models.DateTimeField(help_text="When it was replaced or struck.", null=True),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("producer", "Producer"),
                                    ("manufacturer", "Manufacturer"),
                                    ("processor", "Processor"),
                                    ("operator", "Operator"),
                                    ("distributor", "Distributor"),
                                    ("retailer", "Retailer"),
                                    ("financier", "Financier"),
                                    ("service", "Service provider"),
                                ],
                                max_length=15,
                                verbose_name="role",
                            ),
                        ),
                        (
                            "revenue_share",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="Left empty, the share is unknown and counts as core",
                                max_digits=5,
                                null=True,
                                verbose_name="share of revenue, per cent",
                            ),
                        ),
                        (
                            "countries",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=3), blank=True, default=list, size=None
                            ),
                        ),
                        ("is_disclosed", models.BooleanField(default=False)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="activities",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "sector",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="portal.sector",
                                verbose_name="activity",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "activities",
                        "ordering": ["-revenue_share", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "role__in",
                                        [
                                            "producer",
                                            "manufacturer",
                                            "processor",
                                            "operator",
                                            "distributor",
                                            "retailer",
                                            "financier",
                                            "service",
                                        ],
                                    )
                                ),
                                name="activity_role_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("revenue_share", None),
                                    models.Q(("revenue_share__gte", 0), ("revenue_share__lte", 100)),
                                    _connector="OR",
                                ),
                                name="activity_share",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=20)),
                        ("answer", models.CharField(max_length=20, verbose_name="answer")),
                        ("evidence", models.TextField(verbose_name="evidence")),
                        ("source_url", models.URLField(blank=True, max_length=500, verbose_name="link")),
                        ("source_on", models.DateField(blank=True, null=True, verbose_name="retrieved")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "assessment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="screening.assessment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["code"],
                        "constraints": [
                            models.UniqueConstraint(fields=("assessment", "code"), name="answer_once"),
                            models.CheckConstraint(
                                condition=models.Q(("evidence", ""), _negated=True),
                                name="answer_has_evidence",
                            ),
                        ],
                    },
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="catalogueversion",
            trigger=pgtrigger.compiler.Trigger(
                name="published_is_final",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" = 'published')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f54d290425164f6d854c9d17b2b21075365e381c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_published_is_final_34f55",
                    table="screening_catalogueversion",
                    when="BEFORE",
                ),
            ),
        ),
    ]
