import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import focalpoints.models.newsletter
import portal.together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("portal", "0001_initial"),
        ("portal", "__first__"),
    ]

    operations = [
        portal.together.Together(
            operations=[
                migrations.CreateModel(
                    name="Community",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("theme", "By theme"),
                                    ("region", "By region"),
                                    ("cohort", "By course cohort"),
                                ],
                                default="theme",
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("purpose", models.TextField(max_length=1000, verbose_name="what it is for")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "group",
                        "verbose_name_plural": "groups",
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Issue",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField(unique=True)),
                        ("title", models.CharField(max_length=120, verbose_name="title")),
                        (
                            "topic",
                            models.CharField(
                                choices=[
                                    ("quarterly", "The quarterly issue"),
                                    ("needs", "Open needs of UN offices"),
                                    ("learning", "Meetings, training and tools"),
                                    ("policy", "Screening and policy news"),
                                ],
                                default="quarterly",
                                max_length=30,
                                verbose_name="goes to readers of",
                            ),
                        ),
                        (
                            "sections",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("from_the_desk", "From the desk"),
                                        ("new_partnerships", "New partnerships"),
                                        ("tools_and_resources", "Tools and resources"),
                                        ("lessons_and_good_practice", "Lessons and good practice"),
                                        ("donor_coordination_examples", "Donor coordination examples"),
                                        ("screening_and_policy_news", "Screening and policy news"),
                                        ("open_needs_and_offers", "Open needs and offers"),
                                        ("training_calendar", "Training calendar"),
                                        ("meetings", "Meetings"),
                                        ("focal_point_changes", "Focal point changes"),
                                    ],
                                    max_length=30,
                                ),
                                blank=True,
                                default=focalpoints.models.newsletter.default_sections,
                                size=None,
                            ),
                        ),
                        (
                            "languages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("ar", "العربية"),
                                        ("zh-hans", "中文"),
                                        ("en", "English"),
                                        ("fr", "Français"),
                                        ("ru", "Русский"),
                                        ("es", "Español"),
                                    ],
                                    max_length=10,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="editions besides English",
                            ),
                        ),
                        ("translations", models.JSONField(default=dict, help_text='{"fr": {"title": …}}')),
                        (
                            "falls_back",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("ar", "العربية"),
                                        ("zh-hans", "中文"),
                                        ("en", "English"),
                                        ("fr", "Français"),
                                        ("ru", "Русский"),
                                        ("es", "Español"),
                                    ],
                                    max_length=10,
                                ),
                                blank=True,
                                default=list,
                                help_text="Editions where English stands in for a block that is not translated.",
                                size=None,
                            ),
                        ),
                        (
                            "growth_reason",
                            models.CharField(
                                blank=True,
                                help_text="Needed where the readers are more than three times those of the last issue.",
                                max_length=300,
                                verbose_name="why the audience grew",
                            ),
                        ),
                        (
                            "planned_for",
                            models.DateTimeField(blank=True, null=True, verbose_name="planned for (UTC)"),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("review", "In review"),
                                    ("approved", "Approved"),
                                    ("scheduled", "Scheduled"),
                                    ("sending", "Sending"),
                                    ("paused", "Paused"),
                                    ("sent", "Sent"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("sending_at", models.DateTimeField(null=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("useful_count", models.PositiveIntegerField(default=0)),
                        ("partly_useful_count", models.PositiveIntegerField(default=0)),
                        ("not_useful_count", models.PositiveIntegerField(default=0)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "approved_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-number"],
                        "permissions": [("edit_newsletter", "Can write and approve the newsletter")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "draft",
                                            "review",
                                            "approved",
                                            "scheduled",
                                            "sending",
                                            "paused",
                                            "sent",
                                            "cancelled",
                                        ],
                                    )
                                ),
                                name="issue_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by", None),
                                    models.Q(
                                        models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                                        ("submitted_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="issue_approved_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ["sending", "paused", "sent"]), _negated=True),
                                    ("sending_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="issue_sending_has_moment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IssueItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "section",
                            models.CharField(
                                choices=[
                                    ("from_the_desk", "From the desk"),
                                    ("new_partnerships", "New partnerships"),
                                    ("tools_and_resources", "Tools and resources"),
                                    ("lessons_and_good_practice", "Lessons and good practice"),
                                    ("donor_coordination_examples", "Donor coordination examples"),
                                    ("screening_and_policy_news", "Screening and policy news"),
                                    ("open_needs_and_offers", "Open needs and offers"),
                                    ("training_calendar", "Training calendar"),
                                    ("meetings", "Meetings"),
                                    ("focal_point_changes", "Focal point changes"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                        ("text", models.TextField(max_length=10000, verbose_name="text")),
                        (
                            "url",
                            models.CharField(
                                blank=True,
                                help_text="A path here, or https://…",
                                max_length=300,
                                verbose_name="address the title leads to",
                            ),
                        ),
                        (
                            "is_call_out",
                            models.BooleanField(default=False, verbose_name="set apart as a call-out"),
                        ),
                        (
                            "source",
                            models.CharField(
                                blank=True, help_text='Record it was picked from: "P-0042".', max_length=60
                            ),
                        ),
                        (
                            "byline",
                            models.CharField(
                                blank=True, help_text='Who stands behind it: "WFP".', max_length=120
                            ),
                        ),
                        (
                            "translations",
                            models.JSONField(default=dict, help_text='{"fr": {"title": …, "text": …}}'),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="focalpoints.issue",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("issue", "section", "position"),
                                name="issue_item_position_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("source", ""), _negated=True),
                                fields=("issue", "source"),
                                name="issue_item_source_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IssueLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("address", models.CharField(max_length=2000)),
                        ("click_count", models.PositiveIntegerField(default=0)),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="links",
                                to="focalpoints.issue",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-click_count", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("issue", "address"), name="issue_link_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Meeting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "number",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="number"),
                        ),
                        ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                        (
                            "when_words",
                            models.CharField(
                                blank=True, help_text='What is known: "May 2005".', max_length=60
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True, verbose_name="first day")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="last day")),
                        ("start_time", models.TimeField(blank=True, null=True, verbose_name="begins at")),
                        ("end_time", models.TimeField(blank=True, null=True, verbose_name="ends at")),
                        ("zone", models.CharField(default="UTC", max_length=40, verbose_name="time zone")),
                        ("city", models.CharField(blank=True, max_length=80, verbose_name="city")),
                        ("theme", models.CharField(blank=True, max_length=300, verbose_name="theme")),
                        (
                            "focus",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("agenda", models.TextField(blank=True, verbose_name="agenda")),
                        ("report", models.TextField(blank=True, verbose_name="report")),
                        (
                            "attendance",
                            models.CharField(blank=True, max_length=200, verbose_name="attendance"),
                        ),
                        ("survey_result", models.CharField(blank=True, max_length=200)),
                        (
                            "capacity",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="places"),
                        ),
                        (
                            "registration_until",
                            models.DateField(blank=True, null=True, verbose_name="registration until"),
                        ),
                        ("source", models.CharField(blank=True, max_length=120)),
                        ("is_public", models.BooleanField(default=True, verbose_name="shown to the public")),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "country",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="portal.country",
                                verbose_name="country",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-year", "-starts_on", "-id"],
                        "permissions": [
                            ("manage_learning", "Can edit meetings, library, trainings and groups")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ActionPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("issue_number", models.PositiveSmallIntegerField(verbose_name="issue number")),
                        ("issue", models.CharField(max_length=200, verbose_name="issue")),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        ("text", models.CharField(max_length=300, verbose_name="action point")),
                        ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("no_progress", "No progress"),
                                    ("in_progress", "In progress"),
                                    ("done", "Done"),
                                    ("dropped", "Dropped"),
                                ],
                                default="no_progress",
                                max_length=15,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="actions",
                                to="focalpoints.meeting",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["issue_number", "position", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="MeetingDocument",
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
                                    ("background", "Background document"),
                                    ("agenda", "Agenda"),
                                    ("participant_list", "Participant list"),
                                    ("report", "Report"),
                                    ("photo", "Photograph"),
                                ],
                                max_length=20,
                                verbose_name="kind",
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("url", models.URLField(blank=True, max_length=500, verbose_name="web address")),
                        (
                            "note",
                            models.CharField(
                                blank=True,
                                help_text="For a photograph, whom to credit.",
                                max_length=300,
                                verbose_name="note",
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="documents",
                                to="focalpoints.meeting",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["background", "agenda", "participant_list", "report", "photo"],
                                    )
                                ),
                                name="meeting_document_kind_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MeetingPlace",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("guest_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                        ("organization", models.CharField(max_length=120, verbose_name="organization")),
                        ("role", models.CharField(blank=True, max_length=120, verbose_name="role")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("un_entity", "UN entity"),
                                    ("government", "Government"),
                                    ("business", "Business"),
                                    ("ngo", "Non-governmental organization"),
                                    ("other", "Other"),
                                ],
                                default="un_entity",
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "has_list_consent",
                            models.BooleanField(
                                default=False, verbose_name="may stand on the participant list"
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("registered", "Registered"),
                                    ("waiting", "On the waiting list"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="registered",
                                max_length=10,
                            ),
                        ),
                        (
                            "usefulness",
                            models.PositiveSmallIntegerField(
                                help_text="Survey: 4 very useful, 3 useful, 2 little, 1 not.", null=True
                            ),
                        ),
                        (
                            "survey_words",
                            models.CharField(
                                blank=True, max_length=600, verbose_name="what should be different next time"
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "meeting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="places",
                                to="focalpoints.meeting",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["asked_at", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("meeting", "user"), name="meeting_place_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("usefulness", None), ("usefulness__range", (1, 4)), _connector="OR"
                                ),
                                name="meeting_usefulness_range",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("user__isnull", False),
                                    models.Q(("guest_name", ""), _negated=True),
                                    _connector="XOR",
                                ),
                                name="meeting_place_of_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["un_entity", "government", "business", "ngo", "other"])
                                ),
                                name="meeting_place_kind_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MeetingSession",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField(verbose_name="day")),
                        ("start_time", models.TimeField(verbose_name="begins at")),
                        ("end_time", models.TimeField(blank=True, null=True, verbose_name="ends at")),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("speakers", models.CharField(blank=True, max_length=300, verbose_name="who speaks")),
                        ("room", models.CharField(blank=True, max_length=80, verbose_name="room")),
                        (
                            "meeting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sessions",
                                to="focalpoints.meeting",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["day", "start_time", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("end_time", None),
                                    ("end_time__gt", models.F("start_time")),
                                    _connector="OR",
                                ),
                                name="session_ends_after_start",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("is_moderator", models.BooleanField(default=False)),
                        (
                            "is_listed",
                            models.BooleanField(default=False, verbose_name="shown in the member list"),
                        ),
                        (
                            "wants_digest",
                            models.BooleanField(default=True, verbose_name="weekly digest by mail"),
                        ),
                        ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("digested_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "community",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to="focalpoints.community",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("community", "user"), name="membership_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProgressNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                        ("text", models.CharField(max_length=500, verbose_name="what happened")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("no_progress", "No progress"),
                                    ("in_progress", "In progress"),
                                    ("done", "Done"),
                                    ("dropped", "Dropped"),
                                ],
                                default="in_progress",
                                help_text="Where the point stood after it.",
                                max_length=15,
                                verbose_name="state",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "action",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notes",
                                to="focalpoints.actionpoint",
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
                    ],
                    options={
                        "ordering": ["year", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["no_progress", "in_progress", "done", "dropped"])
                                ),
                                name="progress_state_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReaderImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "consent_source",
                            models.CharField(
                                help_text="Who asked them, when and in which words, and who keeps the proof.",
                                max_length=300,
                                verbose_name="where they consented",
                            ),
                        ),
                        (
                            "topics",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("quarterly", "The quarterly issue"),
                                        ("needs", "Open needs of UN offices"),
                                        ("learning", "Meetings, training and tools"),
                                        ("policy", "Screening and policy news"),
                                    ],
                                    max_length=30,
                                ),
                                size=None,
                                verbose_name="what they get",
                            ),
                        ),
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
                                verbose_name="language where the list names none",
                            ),
                        ),
                        ("content", models.TextField(help_text="The CSV; empty once it was read.")),
                        ("counts", models.JSONField(default=dict, help_text="{outcome: rows}")),
                        (
                            "report",
                            models.JSONField(
                                default=list,
                                help_text="[row number, outcome] of each row that was not added.",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("consent_source", ""), _negated=True),
                                name="reader_import_names_consent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("finished_at", None), ("content", ""), _connector="OR"),
                                name="reader_import_keeps_no_list",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Recommendation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "text",
                            models.TextField(max_length=5000, verbose_name="what is recommended, and why"),
                        ),
                        ("addressee", models.CharField(max_length=200, verbose_name="to whom")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "Open for signature"),
                                    ("sent", "Sent"),
                                    ("answered", "Answered"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sent_on", models.DateField(null=True)),
                        ("reply", models.TextField(blank=True, max_length=5000, verbose_name="the reply")),
                        ("replied_on", models.DateField(null=True)),
                        (
                            "community",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="focalpoints.community",
                                verbose_name="from the group",
                            ),
                        ),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["open", "sent", "answered", "withdrawn"])),
                                name="recommendation_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ["sent", "answered"]), _negated=True),
                                    ("sent_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="recommendation_sent_has_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "answered"), _negated=True),
                                    models.Q(("reply", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="recommendation_answered_has_reply",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Resource",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("guideline", "Guideline"),
                                    ("legal_template", "Legal template"),
                                    ("toolkit", "Toolkit"),
                                    ("training", "Training material"),
                                    ("publication", "Publication"),
                                    ("case_study", "Case study"),
                                    ("evaluation", "Evaluation"),
                                    ("policy", "Policy"),
                                    ("checklist", "Checklist"),
                                    ("framework", "Framework"),
                                    ("principle_set", "Principles"),
                                ],
                                max_length=20,
                                verbose_name="kind",
                            ),
                        ),
                        ("publisher", models.CharField(blank=True, max_length=120, verbose_name="publisher")),
                        (
                            "year",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year"),
                        ),
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
                        ("url", models.URLField(blank=True, max_length=500, verbose_name="web address")),
                        ("summary", models.TextField(max_length=2000, verbose_name="summary")),
                        (
                            "themes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("poverty", "Poverty"),
                                        ("food_nutrition", "Food and nutrition"),
                                        ("agriculture", "Agriculture"),
                                        ("health", "Health"),
                                        ("education", "Education"),
                                        ("children", "Children"),
                                        ("gender", "Gender"),
                                        ("water", "Water"),
                                        ("energy", "Energy"),
                                        ("climate", "Climate"),
                                        ("environment", "Environment"),
                                        ("biodiversity", "Biodiversity"),
                                        ("labour", "Labour"),
                                        ("enterprise", "Enterprise"),
                                        ("industry", "Industry"),
                                        ("trade", "Trade"),
                                        ("finance", "Finance"),
                                        ("ict", "Information technology"),
                                        ("innovation", "Innovation"),
                                        ("data", "Data"),
                                        ("urban", "Cities"),
                                        ("housing", "Housing"),
                                        ("infrastructure", "Infrastructure"),
                                        ("transport", "Transport"),
                                        ("logistics", "Logistics"),
                                        ("tourism", "Tourism"),
                                        ("culture", "Culture"),
                                        ("science", "Science"),
                                        ("humanitarian", "Humanitarian action"),
                                        ("disaster_risk", "Disaster risk"),
                                        ("refugees", "Refugees"),
                                        ("migration", "Migration"),
                                        ("human_rights", "Human rights"),
                                        ("governance", "Governance"),
                                        ("anti_corruption", "Anti-corruption"),
                                        ("crime", "Crime prevention"),
                                        ("peace", "Peace"),
                                    ],
                                    max_length=30,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="topics",
                            ),
                        ),
                        ("audience", models.CharField(blank=True, max_length=120, verbose_name="for whom")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("current", "Current"),
                                    ("superseded", "Superseded"),
                                ],
                                default="current",
                                max_length=12,
                                verbose_name="status",
                            ),
                        ),
                        (
                            "version_label",
                            models.CharField(blank=True, max_length=30, verbose_name="version"),
                        ),
                        ("is_internal", models.BooleanField(default=False, verbose_name="for UN users only")),
                        ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "added_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "supersedes",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="superseded_by",
                                to="focalpoints.resource",
                                verbose_name="takes the place of",
                            ),
                        ),
                        (
                            "translation_of",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="translations",
                                to="focalpoints.resource",
                                verbose_name="the same text in another language as",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["title", "-year", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "guideline",
                                            "legal_template",
                                            "toolkit",
                                            "training",
                                            "publication",
                                            "case_study",
                                            "evaluation",
                                            "policy",
                                            "checklist",
                                            "framework",
                                            "principle_set",
                                        ],
                                    )
                                ),
                                name="resource_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("supersedes", None),
                                    models.Q(("supersedes", models.F("id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="resource_not_own_successor",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("translation_of", None),
                                    models.Q(("translation_of", models.F("id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="resource_not_own_translation",
                            ),
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="community",
                    name="shelf",
                    field=models.ManyToManyField(
                        blank=True,
                        related_name="communities",
                        to="focalpoints.resource",
                        verbose_name="shelf: items of the library",
                    ),
                ),
                migrations.CreateModel(
                    name="ResourceOpinion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("is_useful", models.BooleanField(verbose_name="useful")),
                        ("comment", models.CharField(blank=True, max_length=600, verbose_name="comment")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("removed_at", models.DateTimeField(null=True)),
                        ("removed_why", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                        (
                            "removed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "resource",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="opinions",
                                to="focalpoints.resource",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("resource", "user"), name="resource_opinion_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("removed_at", None),
                                    models.Q(("removed_why", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="resource_opinion_removed_with_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ShelfFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
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
                            "community",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="shelf_files",
                                to="focalpoints.community",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Subscriber",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
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
                        (
                            "topics",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("quarterly", "The quarterly issue"),
                                        ("needs", "Open needs of UN offices"),
                                        ("learning", "Meetings, training and tools"),
                                        ("policy", "Screening and policy news"),
                                    ],
                                    max_length=30,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("pending", "Not yet confirmed"),
                                    ("confirmed", "Confirmed"),
                                    ("unsubscribed", "Unsubscribed"),
                                    ("bounced", "Address bounces"),
                                ],
                                default="pending",
                                max_length=15,
                            ),
                        ),
                        (
                            "consent_text",
                            models.CharField(
                                help_text="Version of the text that was agreed to.", max_length=20
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                default="form", help_text="Where the consent was given.", max_length=60
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("confirmation_sent_at", models.DateTimeField(null=True)),
                        ("confirmed_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"), name="subscriber_email_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["pending", "confirmed", "unsubscribed", "bounced"])
                                ),
                                name="subscriber_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "confirmed"), _negated=True),
                                    ("confirmed_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="subscriber_confirmed_has_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("email__regex", '^[^[:space:][:cntrl:]<>,;:\\"]+$')),
                                name="subscriber_email_plain",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("language", models.CharField(max_length=10)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("claimed", "Taken by a worker"),
                                    ("handing", "Being handed over"),
                                    ("sent", "Sent"),
                                    ("failed", "Refused"),
                                    ("bounced", "Came back"),
                                    ("complained", "Reported as unwanted"),
                                    ("suppressed", "Not sent: unsubscribed"),
                                    ("cancelled", "Not sent: issue cancelled"),
                                    ("uncertain", "Uncertain: cut off while handing over"),
                                ],
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("claimed_by", models.UUIDField(help_text="The worker that holds it.", null=True)),
                        ("claimed_until", models.DateTimeField(null=True)),
                        ("run_after", models.DateTimeField(default=django.utils.timezone.now)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("error", models.CharField(blank=True, max_length=300)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="focalpoints.issue",
                            ),
                        ),
                        (
                            "subscriber",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="focalpoints.subscriber",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status__in", ["queued", "claimed", "handing"])),
                                fields=["issue", "id"],
                                name="delivery_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("issue", "subscriber"), name="delivery_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "queued",
                                            "claimed",
                                            "handing",
                                            "sent",
                                            "failed",
                                            "bounced",
                                            "complained",
                                            "suppressed",
                                            "cancelled",
                                            "uncertain",
                                        ],
                                    )
                                ),
                                name="delivery_status_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Bounce",
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
                                    ("hard", "The address does not exist"),
                                    ("soft", "Could not be delivered for now"),
                                    ("complaint", "Reported as unwanted"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "words",
                            models.CharField(
                                blank=True, help_text="What the other server said.", max_length=300
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("key", models.CharField(max_length=120, unique=True)),
                        (
                            "delivery",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="bounces",
                                to="focalpoints.delivery",
                            ),
                        ),
                        (
                            "subscriber",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="bounces",
                                to="focalpoints.subscriber",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["subscriber", "at"], name="bounce_of_reader")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["hard", "soft", "complaint"])),
                                name="bounce_kind_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Suppression",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("address_hash", models.CharField(max_length=64, unique=True)),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("unsubscribed", "Unsubscribed"),
                                    ("bounced", "Address bounces"),
                                    ("complained", "Reported as unwanted"),
                                ],
                                max_length=15,
                            ),
                        ),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reason__in", ["unsubscribed", "bounced", "complained"])),
                                name="suppression_reason_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Thread",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=160, verbose_name="title")),
                        ("is_announcement", models.BooleanField(default=False, verbose_name="announcement")),
                        ("is_closed", models.BooleanField(default=False)),
                        ("last_post_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "community",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="threads",
                                to="focalpoints.community",
                            ),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-is_announcement", "-last_post_at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Post",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("text", models.TextField(max_length=5000, verbose_name="your words")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("removed_at", models.DateTimeField(null=True)),
                        ("removed_why", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "removed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "thread",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="posts",
                                to="focalpoints.thread",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("removed_at", None),
                                    models.Q(("removed_why", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="post_removed_with_reason",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Training",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("provider", models.CharField(max_length=120, verbose_name="provider")),
                        ("starts_on", models.DateField(verbose_name="first day")),
                        ("ends_on", models.DateField(verbose_name="last day")),
                        ("place", models.CharField(max_length=120, verbose_name="place")),
                        ("seats", models.PositiveIntegerField(verbose_name="seats")),
                        ("audience", models.CharField(blank=True, max_length=200, verbose_name="for whom")),
                        ("text", models.TextField(max_length=5000, verbose_name="what is taught")),
                        (
                            "modules",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="modules",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "materials",
                            models.ManyToManyField(
                                blank=True,
                                related_name="+",
                                to="focalpoints.resource",
                                verbose_name="materials from the library",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["starts_on", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="training_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("seats__gt", 0)), name="training_has_seats"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Handout",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "training",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="handouts",
                                to="focalpoints.training",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.AddField(
                    model_name="community",
                    name="training",
                    field=models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cohort",
                        to="focalpoints.training",
                        verbose_name="course",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="community",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("kind__in", ["theme", "region", "cohort"])),
                        name="community_kind_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="community",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("training", None), ("kind", "cohort"), _connector="OR"),
                        name="community_course_has_cohort",
                    ),
                ),
                migrations.CreateModel(
                    name="UNEntity",
                    fields=[
                        ("code", models.CharField(max_length=20, primary_key=True, serialize=False)),
                        ("acronym", models.CharField(max_length=20)),
                        ("name", models.CharField(max_length=200)),
                        ("kind", models.CharField(max_length=30)),
                        ("hq_city", models.CharField(blank=True, max_length=60)),
                        ("is_current", models.BooleanField(default=True)),
                        ("is_ceb_member", models.BooleanField(default=False)),
                        (
                            "themes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=30), default=list, size=None
                            ),
                        ),
                        ("mandate", models.TextField(blank=True)),
                        (
                            "hq_country",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="portal.country",
                            ),
                        ),
                        (
                            "successor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="predecessors",
                                to="focalpoints.unentity",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "UN entity",
                        "verbose_name_plural": "UN entities",
                        "ordering": ["acronym"],
                    },
                ),
                migrations.CreateModel(
                    name="TrainingSeat",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "office_level",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("hq", "Headquarters"),
                                    ("regional", "Regional office"),
                                    ("country", "Country office"),
                                ],
                                max_length=10,
                                verbose_name="office",
                            ),
                        ),
                        (
                            "organization",
                            models.CharField(max_length=120, verbose_name="place of the office"),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("registered", "Registered"),
                                    ("waiting", "On the waiting list"),
                                    ("withdrawn", "Withdrawn"),
                                    ("completed", "Completed"),
                                ],
                                default="registered",
                                max_length=10,
                            ),
                        ),
                        ("completed_on", models.DateField(null=True)),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "training",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="taken",
                                to="focalpoints.training",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="focalpoints.unentity",
                                verbose_name="UN entity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["asked_at", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("training", "user"), name="training_seat_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "completed"), _negated=True),
                                    ("completed_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="training_completed_has_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("office_level__in", ["", "hq", "regional", "country"])),
                                name="training_office_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Signature",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                            "recommendation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="signatures",
                                to="focalpoints.recommendation",
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="focalpoints.unentity",
                                verbose_name="UN entity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("recommendation", "entity"), name="recommendation_signed_once"
                            )
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="meeting",
                    name="host_entity",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="focalpoints.unentity",
                        verbose_name="host",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="meeting",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            models.Q(("ends_on__gte", models.F("starts_on")), ("starts_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="meeting_ends_after_start",
                    ),
                ),
                migrations.CreateModel(
                    name="FocalPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("person_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                        (
                            "has_name_consent",
                            models.BooleanField(
                                default=False, verbose_name="the name may be shown to UN users"
                            ),
                        ),
                        ("role_title", models.CharField(max_length=120, verbose_name="role")),
                        (
                            "office_level",
                            models.CharField(
                                choices=[
                                    ("hq", "Headquarters"),
                                    ("regional", "Regional office"),
                                    ("country", "Country office"),
                                ],
                                default="hq",
                                max_length=10,
                                verbose_name="office",
                            ),
                        ),
                        ("office_place", models.CharField(max_length=80, verbose_name="place")),
                        (
                            "themes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("poverty", "Poverty"),
                                        ("food_nutrition", "Food and nutrition"),
                                        ("agriculture", "Agriculture"),
                                        ("health", "Health"),
                                        ("education", "Education"),
                                        ("children", "Children"),
                                        ("gender", "Gender"),
                                        ("water", "Water"),
                                        ("energy", "Energy"),
                                        ("climate", "Climate"),
                                        ("environment", "Environment"),
                                        ("biodiversity", "Biodiversity"),
                                        ("labour", "Labour"),
                                        ("enterprise", "Enterprise"),
                                        ("industry", "Industry"),
                                        ("trade", "Trade"),
                                        ("finance", "Finance"),
                                        ("ict", "Information technology"),
                                        ("innovation", "Innovation"),
                                        ("data", "Data"),
                                        ("urban", "Cities"),
                                        ("housing", "Housing"),
                                        ("infrastructure", "Infrastructure"),
                                        ("transport", "Transport"),
                                        ("logistics", "Logistics"),
                                        ("tourism", "Tourism"),
                                        ("culture", "Culture"),
                                        ("science", "Science"),
                                        ("humanitarian", "Humanitarian action"),
                                        ("disaster_risk", "Disaster risk"),
                                        ("refugees", "Refugees"),
                                        ("migration", "Migration"),
                                        ("human_rights", "Human rights"),
                                        ("governance", "Governance"),
                                        ("anti_corruption", "Anti-corruption"),
                                        ("crime", "Crime prevention"),
                                        ("peace", "Peace"),
                                    ],
                                    max_length=30,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="topics",
                            ),
                        ),
                        (
                            "languages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("ar", "العربية"),
                                        ("zh-hans", "中文"),
                                        ("en", "English"),
                                        ("fr", "Français"),
                                        ("ru", "Русский"),
                                        ("es", "Español"),
                                        ("bn", "বাংলা"),
                                        ("pt", "Português"),
                                        ("sw", "Kiswahili"),
                                        ("hi", "हिन्दी"),
                                        ("id", "Bahasa Indonesia"),
                                        ("vi", "Tiếng Việt"),
                                        ("tr", "Türkçe"),
                                        ("uk", "Українська"),
                                        ("de", "Deutsch"),
                                        ("it", "Italiano"),
                                        ("ja", "日本語"),
                                    ],
                                    max_length=10,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="languages",
                            ),
                        ),
                        (
                            "tasks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("entry_point", "First contact for business"),
                                        ("screening", "Screening"),
                                        ("legal", "Legal"),
                                        ("fundraising", "Fundraising"),
                                        ("evaluation", "Evaluation"),
                                        ("local_network", "Local network"),
                                    ],
                                    max_length=20,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="tasks",
                            ),
                        ),
                        ("unit_mailbox", models.EmailField(max_length=254, verbose_name="unit mailbox")),
                        ("is_public", models.BooleanField(default=True, verbose_name="shown to the public")),
                        (
                            "active_since",
                            models.DateField(
                                default=django.utils.timezone.localdate, verbose_name="active since"
                            ),
                        ),
                        (
                            "confirmed_on",
                            models.DateField(
                                default=django.utils.timezone.localdate, verbose_name="last confirmed"
                            ),
                        ),
                        ("left_on", models.DateField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "backup",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="focalpoints.focalpoint",
                                verbose_name="back-up",
                            ),
                        ),
                        (
                            "countries",
                            models.ManyToManyField(
                                blank=True,
                                related_name="focal_points",
                                to="portal.country",
                                verbose_name="countries",
                            ),
                        ),
                        (
                            "successor",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="predecessors",
                                to="focalpoints.focalpoint",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="focal_points",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="focal_points",
                                to="focalpoints.unentity",
                                verbose_name="UN entity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["entity__acronym", "office_place", "role_title", "id"],
                        "permissions": [
                            ("view_people", "Can see names in the directory"),
                            ("manage_directory", "Can edit every entry of the directory"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("office_level__in", ["hq", "regional", "country"])),
                                name="focal_point_office_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left_on", None),
                                    ("left_on__gte", models.F("active_since")),
                                    _connector="OR",
                                ),
                                name="focal_point_leaves_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("backup", None),
                                        models.Q(("backup", models.F("id")), _negated=True),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("successor", None),
                                        models.Q(("successor", models.F("id")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                name="focal_point_not_own_backup",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Broker",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("place", models.CharField(max_length=80, verbose_name="place")),
                        (
                            "skills",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("facilitation", "Facilitating meetings of partners"),
                                        ("brokering", "Finding and bringing together partners"),
                                        ("negotiation", "Negotiating agreements"),
                                        ("due_diligence", "Due diligence"),
                                        ("design", "Designing partnerships"),
                                        ("evaluation", "Evaluating results"),
                                        ("conflict", "Settling conflicts between partners"),
                                        ("training", "Training in partnering"),
                                    ],
                                    max_length=20,
                                ),
                                size=None,
                                verbose_name="skills",
                            ),
                        ),
                        (
                            "languages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("ar", "العربية"),
                                        ("zh-hans", "中文"),
                                        ("en", "English"),
                                        ("fr", "Français"),
                                        ("ru", "Русский"),
                                        ("es", "Español"),
                                        ("bn", "বাংলা"),
                                        ("pt", "Português"),
                                        ("sw", "Kiswahili"),
                                        ("hi", "हिन्दी"),
                                        ("id", "Bahasa Indonesia"),
                                        ("vi", "Tiếng Việt"),
                                        ("tr", "Türkçe"),
                                        ("uk", "Українська"),
                                        ("de", "Deutsch"),
                                        ("it", "Italiano"),
                                        ("ja", "日本語"),
                                    ],
                                    max_length=10,
                                ),
                                size=None,
                                verbose_name="languages",
                            ),
                        ),
                        ("experience", models.TextField(max_length=1500, verbose_name="experience")),
                        ("available_from", models.DateField(blank=True, null=True, verbose_name="free from")),
                        (
                            "days_a_month",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="days a month"
                            ),
                        ),
                        ("is_listed", models.BooleanField(default=True, verbose_name="on the roster")),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "countries",
                            models.ManyToManyField(
                                blank=True,
                                related_name="+",
                                to="portal.country",
                                verbose_name="countries known well",
                            ),
                        ),
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="broker",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="focalpoints.unentity",
                                verbose_name="UN entity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["entity__acronym", "place", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("days_a_month", None), ("days_a_month__range", (1, 23)), _connector="OR"
                                ),
                                name="broker_days_a_month",
                            )
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="actionpoint",
                    name="owner",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="focalpoints.unentity",
                        verbose_name="owner",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="actionpoint",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("state__in", ["no_progress", "in_progress", "done", "dropped"])),
                        name="action_state_known",
                    ),
                ),
                migrations.CreateModel(
                    name="BrokerRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("what", models.TextField(max_length=2000, verbose_name="what you need help with")),
                        ("needed_from", models.DateField(blank=True, null=True, verbose_name="from when")),
                        (
                            "days",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="how many days"
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("asked", "Asked"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Declined"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="asked",
                                max_length=10,
                            ),
                        ),
                        ("answer", models.TextField(blank=True, max_length=2000, verbose_name="answer")),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "broker",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="requests",
                                to="focalpoints.broker",
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
                    ],
                    options={
                        "ordering": ["-asked_at", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["asked", "accepted", "declined", "withdrawn"])
                                ),
                                name="broker_request_status_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "asked")),
                                fields=("broker", "by"),
                                name="broker_request_one_open",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
