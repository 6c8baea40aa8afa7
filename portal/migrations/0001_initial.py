import uuid

import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import portal.together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(),
        django.contrib.postgres.operations.UnaccentExtension(),
        django.contrib.postgres.operations.BtreeGinExtension(),
        django.contrib.postgres.operations.CITextExtension(),
        django.contrib.postgres.operations.CreateExtension(
            name="fuzzystrmatch",
        ),
        django.contrib.postgres.operations.CreateExtension(
            name="intarray",
        ),
        portal.together.Together(
            operations=[
                migrations.CreateModel(
                    name="Goal",
                    fields=[
                        ("name_en", models.CharField(max_length=400)),
                        ("name_fr", models.CharField(blank=True, max_length=400)),
                        ("name_es", models.CharField(blank=True, max_length=400)),
                        ("name_ar", models.CharField(blank=True, max_length=400)),
                        ("name_ru", models.CharField(blank=True, max_length=400)),
                        ("name_zh", models.CharField(blank=True, max_length=400)),
                        ("number", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                        ("pillar", models.CharField(max_length=20)),
                        ("colour", models.CharField(max_length=7)),
                        (
                            "title",
                            models.JSONField(default=dict, help_text="Official full title by language code."),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                    },
                ),
                migrations.CreateModel(
                    name="RateBucket",
                    fields=[
                        ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
                        ("tokens", models.FloatField()),
                        ("updated_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="ReferenceCounter",
                    fields=[
                        ("series", models.CharField(max_length=20, primary_key=True, serialize=False)),
                        ("last", models.PositiveIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        (
                            "email",
                            models.EmailField(max_length=254, unique=True, verbose_name="e-mail address"),
                        ),
                        ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                        (
                            "language",
                            models.CharField(
                                choices=[
                                    ("ar", "العربية"),
                                    ("zh-hans", "中文"),
                                    ("en", "English"),
                                    ("fr", "Français"),
                                    ("ru", "Русский"),
                                    ("es", "Español"),
                                ],
                                default="en",
                                max_length=10,
                                verbose_name="language",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        ("is_demo", models.BooleanField(default=False, editable=False)),
                        (
                            "joined_at",
                            models.DateTimeField(default=django.utils.timezone.now, editable=False),
                        ),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "permissions": [
                            ("manage_users", "Can give roles and close accounts"),
                            ("view_jobs", "Can see work in the background"),
                            ("view_audit", "Can search the audit trail"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                                name="user_email_lower",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(null=True)),
                        ("last_used_on", models.DateField(null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="api_tokens",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at"],
                    },
                ),
                migrations.CreateModel(
                    name="Attachment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("about_id", models.PositiveBigIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                help_text="What it is for, in the words of its app.",
                                max_length=40,
                            ),
                        ),
                        ("file", models.FileField(max_length=120, upload_to="attachments")),
                        ("name", models.CharField(max_length=150)),
                        ("media_type", models.CharField(max_length=100)),
                        ("size", models.PositiveIntegerField(help_text="Bytes")),
                        ("sha256", models.CharField(max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting for the virus check"),
                                    ("not_scanned", "Not checked for viruses"),
                                    ("clean", "Checked for viruses"),
                                    ("infected", "A virus was found"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "about_type",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="contenttypes.contenttype",
                            ),
                        ),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["uploaded_at", "id"],
                        "indexes": [models.Index(fields=["about_type", "about_id"], name="attachment_about")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["waiting", "not_scanned", "clean", "infected"])
                                ),
                                name="attachment_state_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                        ("action", models.CharField(max_length=60)),
                        ("subject_type", models.CharField(max_length=60)),
                        ("subject_id", models.CharField(max_length=60)),
                        ("subject_label", models.CharField(blank=True, max_length=300)),
                        ("note", models.TextField(blank=True)),
                        ("changes", models.JSONField(default=dict, help_text='{"field": [before, after]}')),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditSeal",
                    fields=[
                        ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("previous", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        (
                            "event",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seal",
                                to="portal.auditevent",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Job",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=200, unique=True)),
                        ("kind", models.CharField(max_length=80)),
                        ("args", models.JSONField(default=dict)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                ],
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("run_after", models.DateTimeField(default=django.utils.timezone.now)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("error", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("finished_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status__in", ["queued", "running"])),
                                fields=["run_after"],
                                name="job_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["queued", "running", "done", "failed"])),
                                name="job_status_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=200, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("case", "Due diligence cases"),
                                    ("clearance", "Clearances that end or change"),
                                    ("offer", "Offers from business"),
                                    ("match", "Matches of offers and needs"),
                                    ("record", "Partnership records"),
                                    ("report", "Progress reports that are due"),
                                    ("network", "Meetings, groups and the library"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("subject", models.CharField(max_length=300)),
                        ("body", models.TextField()),
                        ("url", models.CharField(help_text="A path of this portal", max_length=400)),
                        (
                            "mail",
                            models.CharField(
                                choices=[
                                    ("at_once", "By mail, at once"),
                                    ("daily", "In one mail a day"),
                                    ("never", "Only here"),
                                ],
                                help_text="The choice when it was written",
                                max_length=8,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("read_at", models.DateTimeField(null=True)),
                        ("mailed_at", models.DateTimeField(null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notices",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-id"],
                        "indexes": [
                            models.Index(fields=["user", "-created_at"], name="notice_of_user"),
                            models.Index(
                                condition=models.Q(("read_at", None)), fields=["user"], name="notice_unread"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "case",
                                            "clearance",
                                            "offer",
                                            "match",
                                            "record",
                                            "report",
                                            "network",
                                        ],
                                    )
                                ),
                                name="notice_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("mail__in", ["at_once", "daily", "never"])),
                                name="notice_mail_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NoticeChoice",
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
                                choices=[
                                    ("case", "Due diligence cases"),
                                    ("clearance", "Clearances that end or change"),
                                    ("offer", "Offers from business"),
                                    ("match", "Matches of offers and needs"),
                                    ("record", "Partnership records"),
                                    ("report", "Progress reports that are due"),
                                    ("network", "Meetings, groups and the library"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "mail",
                            models.CharField(
                                choices=[
                                    ("at_once", "By mail, at once"),
                                    ("daily", "In one mail a day"),
                                    ("never", "Only here"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notice_choices",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "kind"), name="one_choice_per_kind"),
                            models.CheckConstraint(
                                condition=models.Q(("mail__in", ["at_once", "daily", "never"])),
                                name="notice_choice_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PeriodicRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("task", models.CharField(max_length=80)),
                        ("period", models.CharField(max_length=20)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("task", "period"), name="periodic_run_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Region",
                    fields=[
                        ("name_en", models.CharField(max_length=400)),
                        ("name_fr", models.CharField(blank=True, max_length=400)),
                        ("name_es", models.CharField(blank=True, max_length=400)),
                        ("name_ar", models.CharField(blank=True, max_length=400)),
                        ("name_ru", models.CharField(blank=True, max_length=400)),
                        ("name_zh", models.CharField(blank=True, max_length=400)),
                        ("m49", models.CharField(max_length=3, primary_key=True, serialize=False)),
                        ("level", models.CharField(max_length=20)),
                        (
                            "parent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="portal.region",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name_en"],
                    },
                ),
                migrations.CreateModel(
                    name="Country",
                    fields=[
                        ("name_en", models.CharField(max_length=400)),
                        ("name_fr", models.CharField(blank=True, max_length=400)),
                        ("name_es", models.CharField(blank=True, max_length=400)),
                        ("name_ar", models.CharField(blank=True, max_length=400)),
                        ("name_ru", models.CharField(blank=True, max_length=400)),
                        ("name_zh", models.CharField(blank=True, max_length=400)),
                        ("iso3", models.CharField(max_length=3, primary_key=True, serialize=False)),
                        ("iso2", models.CharField(max_length=2, unique=True)),
                        ("m49", models.CharField(max_length=3, unique=True)),
                        ("short_en", models.CharField(max_length=120)),
                        ("is_ldc", models.BooleanField(default=False)),
                        ("is_lldc", models.BooleanField(default=False)),
                        ("is_sids", models.BooleanField(default=False)),
                        ("is_un_member", models.BooleanField(default=False)),
                        (
                            "ldc_until",
                            models.DateField(help_text="Day of graduation from the LDC category.", null=True),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="portal.region",
                            ),
                        ),
                        (
                            "subregion",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="portal.region",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "countries",
                        "ordering": ["short_en"],
                    },
                ),
                migrations.CreateModel(
                    name="Sector",
                    fields=[
                        ("code", models.CharField(max_length=5, primary_key=True, serialize=False)),
                        ("level", models.CharField(max_length=10)),
                        ("section", models.CharField(max_length=1)),
                        ("title_en", models.CharField(max_length=300)),
                        (
                            "parent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="portal.sector",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="Target",
                    fields=[
                        ("code", models.CharField(max_length=5, primary_key=True, serialize=False)),
                        ("kind", models.CharField(max_length=10)),
                        ("short_en", models.CharField(max_length=200)),
                        ("title", models.JSONField(default=dict)),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "goal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="targets",
                                to="portal.goal",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                    },
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="64b1ff1525537d033f7fddd690c0749a52b9e8e4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2e7be",
                    table="portal_auditevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditevent",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'the audit trail is append-only';",
                    hash="f1f6f71cccd3fc774153d34aa993d1bcae4cf860",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_54f96",
                    table="portal_auditevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditevent",
            trigger=pgtrigger.compiler.Trigger(
                name="seal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    declare="DECLARE head record; body text;",
                    func="\n    PERFORM pg_advisory_xact_lock(7303014);\n    SELECT position, hash INTO head FROM portal_auditseal ORDER BY position DESC LIMIT 1;\n    body := concat_ws(chr(31), NEW.id::text,\n        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), coalesce(NEW.by_id::text, ''),\n        NEW.action, NEW.subject_type, NEW.subject_id, NEW.subject_label, NEW.note, NEW.changes::text);\n    INSERT INTO portal_auditseal (position, event_id, previous, hash)\n    VALUES (coalesce(head.position, 0) + 1, NEW.id, coalesce(head.hash, ''),\n        encode(sha256(convert_to(coalesce(head.hash, '') || chr(31) || body, 'UTF8')), 'hex'));\n    RETURN NULL;\n",
                    hash="c1fa7a164974a72342e620e40f98577d903d13c2",
                    operation="INSERT",
                    pgid="pgtrigger_seal_221b4",
                    table="portal_auditevent",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditseal",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3a9a9801954dd3446d74e246382e16ae3ca63dfd",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a93e2",
                    table="portal_auditseal",
                    when="BEFORE",
                ),
            ),
        ),
    ]
