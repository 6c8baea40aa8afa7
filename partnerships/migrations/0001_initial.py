import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import partnerships.models.dates
import portal.together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("focalpoints", "0001_initial"),
        ("portal", "0001_initial"),
        ("portal", "__first__"),
    ]

    operations = [
        portal.together.Together(
            operations=[
                migrations.CreateModel(
                    name="Indicator",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=200, verbose_name="indicator")),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("input", "Input"),
                                    ("output", "Output"),
                                    ("outcome", "Outcome"),
                                    ("impact", "Impact"),
                                ],
                                default="output",
                                max_length=10,
                                verbose_name="level",
                            ),
                        ),
                        ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
                        (
                            "baseline",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=18,
                                null=True,
                                verbose_name="baseline",
                            ),
                        ),
                        (
                            "baseline_on",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="date of the baseline",
                            ),
                        ),
                        (
                            "target",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="target"
                            ),
                        ),
                        (
                            "target_on",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="date of the target",
                            ),
                        ),
                        (
                            "direction",
                            models.CharField(
                                choices=[("up", "More"), ("down", "Less")],
                                default="up",
                                max_length=4,
                                verbose_name="better is",
                            ),
                        ),
                        (
                            "actual",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="actual"
                            ),
                        ),
                        (
                            "bound",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "exactly"),
                                    ("more_than", "more than"),
                                    ("less_than", "less than"),
                                    ("at_least", "at least"),
                                    ("at_most", "at most"),
                                    ("about", "about"),
                                ],
                                max_length=10,
                                verbose_name="how exact",
                            ),
                        ),
                        (
                            "as_of",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="as of",
                            ),
                        ),
                        (
                            "sdg_indicator",
                            models.CharField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^\\d{1,2}\\.[0-9a-z]{1,2}\\.\\d{1,2}$",
                                        "Enter the number of an SDG indicator, such as 8.5.2",
                                    )
                                ],
                                verbose_name="SDG indicator",
                            ),
                        ),
                        (
                            "disaggregation",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("sex", "Sex"),
                                        ("age", "Age"),
                                        ("disability", "Disability"),
                                        ("place", "Place"),
                                        ("income", "Income"),
                                    ],
                                    max_length=10,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="told apart by",
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="source of the figures"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Partnership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(editable=False, max_length=20, unique=True)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "short_title",
                            models.CharField(blank=True, max_length=60, verbose_name="short title"),
                        ),
                        (
                            "record_kind",
                            models.CharField(
                                choices=[
                                    ("partnership", "Partnership"),
                                    ("initiative", "Initiative"),
                                    ("programme", "Programme"),
                                    ("event_platform", "Event platform"),
                                    ("umbrella", "Umbrella"),
                                ],
                                default="partnership",
                                max_length=20,
                                verbose_name="kind of record",
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
                                verbose_name="language of the record",
                            ),
                        ),
                        ("summary", models.TextField(verbose_name="summary")),
                        ("problem", models.TextField(blank=True, verbose_name="problem it tackles")),
                        ("approach", models.TextField(blank=True, verbose_name="approach")),
                        (
                            "un_added_value",
                            models.TextField(blank=True, verbose_name="what the United Nations adds"),
                        ),
                        (
                            "business_case",
                            models.TextField(blank=True, verbose_name="why it makes sense for the company"),
                        ),
                        (
                            "local_needs_link",
                            models.TextField(blank=True, verbose_name="local needs it answers"),
                        ),
                        (
                            "mandate",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="mandate or resolution it serves"
                            ),
                        ),
                        ("further_note", models.TextField(blank=True, verbose_name="also stated")),
                        (
                            "came_from",
                            models.CharField(blank=True, max_length=200, verbose_name="how the partners met"),
                        ),
                        (
                            "partnership_type",
                            models.CharField(
                                choices=[
                                    ("core_business", "Core business and value chain"),
                                    ("social_investment", "Social investment and philanthropy"),
                                    ("advocacy_policy", "Advocacy and public policy"),
                                ],
                                max_length=20,
                                verbose_name="type",
                            ),
                        ),
                        (
                            "type_details",
                            models.JSONField(
                                blank=True, default=dict, help_text="{key of TYPE_QUESTIONS: answer}"
                            ),
                        ),
                        (
                            "purposes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("policy_dialogue", "Policy dialogue"),
                                        ("advocacy", "Advocacy"),
                                        ("private_funds", "Mobilizing private funds"),
                                        ("information_learning", "Information and learning"),
                                        ("operational_delivery", "Operational delivery"),
                                        ("partnership_promotion", "Partnership promotion"),
                                    ],
                                    max_length=30,
                                ),
                                default=list,
                                size=None,
                                verbose_name="purposes",
                            ),
                        ),
                        (
                            "modalities",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("transformational", "Transformational"),
                                        ("innovative_financing", "Innovative financing"),
                                        ("inclusive_bottom_up", "Inclusive, from the bottom up"),
                                        ("women", "Women’s skills and rights"),
                                        ("humanitarian", "Humanitarian"),
                                        ("multi_stakeholder", "Multi-stakeholder"),
                                        ("staff_exchange", "Staff exchange"),
                                        ("collective_action", "Collective action"),
                                        ("advisory_body", "Advisory body"),
                                        ("project", "Project"),
                                        ("strategic_global", "Strategic and global"),
                                        ("umbrella", "Umbrella"),
                                        ("inter_agency", "Several UN entities together"),
                                    ],
                                    max_length=30,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="form",
                            ),
                        ),
                        (
                            "financing_model",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("none", "No money moves"),
                                    ("grant", "Grant"),
                                    ("cause_related_marketing", "Cause-related marketing"),
                                    ("customer_giving", "Giving by customers"),
                                    ("employee_giving", "Giving by employees"),
                                    ("social_media_micro", "Small gifts through social media"),
                                    ("social_venture_fund", "Social venture fund"),
                                    ("foreign_investment", "Foreign investment"),
                                    ("blended", "Public and private money together"),
                                    ("product_licensing", "Licence for a product"),
                                ],
                                max_length=30,
                                verbose_name="financing",
                            ),
                        ),
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
                                verbose_name="themes",
                            ),
                        ),
                        (
                            "mdgs",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "frameworks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("agenda_21", "Agenda 21"),
                                        ("johannesburg_plan", "Johannesburg Plan of Implementation"),
                                        ("sendai", "Sendai Framework for Disaster Risk Reduction"),
                                        ("paris", "Paris Agreement"),
                                        ("national_plan", "A national development plan"),
                                    ],
                                    max_length=30,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="other frameworks",
                            ),
                        ),
                        (
                            "framework_note",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="part of the framework"
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                choices=[
                                    ("global", "Worldwide"),
                                    ("regional", "Regional"),
                                    ("national", "National"),
                                    ("local", "Local"),
                                ],
                                default="national",
                                max_length=10,
                                verbose_name="scope",
                            ),
                        ),
                        (
                            "unnamed_country_count",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="further countries, counted but not named"
                            ),
                        ),
                        (
                            "place_note",
                            models.CharField(blank=True, max_length=300, verbose_name="place, in words"),
                        ),
                        (
                            "ldc_share",
                            models.DecimalField(
                                blank=True,
                                decimal_places=3,
                                max_digits=4,
                                null=True,
                                verbose_name="share for least developed countries",
                            ),
                        ),
                        (
                            "idea_on",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="date of the idea",
                            ),
                        ),
                        (
                            "start",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="start",
                            ),
                        ),
                        (
                            "end",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="end",
                            ),
                        ),
                        (
                            "start_year",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.functions.comparison.Cast(
                                    django.db.models.functions.comparison.NullIf(
                                        django.db.models.functions.text.Substr("start", 1, 4),
                                        models.Value(""),
                                    ),
                                    models.IntegerField(),
                                ),
                                output_field=models.IntegerField(null=True),
                            ),
                        ),
                        (
                            "is_open_ended",
                            models.BooleanField(default=False, verbose_name="no end date foreseen"),
                        ),
                        (
                            "date_note",
                            models.CharField(blank=True, max_length=200, verbose_name="note on dates"),
                        ),
                        (
                            "un_role_note",
                            models.TextField(
                                blank=True, verbose_name="how the roles of the United Nations are kept apart"
                            ),
                        ),
                        ("expected_benefits", models.TextField(blank=True, verbose_name="expected benefits")),
                        ("expected_costs", models.TextField(blank=True, verbose_name="expected costs")),
                        (
                            "transaction_cost_days",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="staff days to arrange it"
                            ),
                        ),
                        (
                            "alternatives",
                            models.TextField(blank=True, verbose_name="what else could be done"),
                        ),
                        (
                            "un_presence_needed",
                            models.BooleanField(
                                blank=True, null=True, verbose_name="does it need the United Nations"
                            ),
                        ),
                        (
                            "benefits_outweigh",
                            models.BooleanField(
                                blank=True, null=True, verbose_name="benefits outweigh costs"
                            ),
                        ),
                        (
                            "balance_conclusion",
                            models.TextField(blank=True, verbose_name="conclusion in words"),
                        ),
                        (
                            "balance_made_on",
                            models.DateField(blank=True, null=True, verbose_name="concluded on"),
                        ),
                        (
                            "balance_made_by_role",
                            models.CharField(blank=True, max_length=120, verbose_name="concluded by (role)"),
                        ),
                        (
                            "agreement_kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("letter_of_intent", "Letter of intent"),
                                    ("memorandum", "Memorandum of understanding"),
                                    ("partnership_agreement", "Partnership agreement"),
                                    ("contribution_agreement", "Contribution agreement"),
                                    ("in_kind_agreement", "In-kind agreement"),
                                    ("pro_bono_agreement", "Pro bono agreement"),
                                    ("secondment_agreement", "Secondment agreement"),
                                    ("staff_exchange_agreement", "Staff exchange agreement"),
                                    ("cause_marketing_agreement", "Cause-related marketing agreement"),
                                    ("licence", "Licence"),
                                    ("informal", "Informal"),
                                ],
                                max_length=30,
                                verbose_name="kind of agreement",
                            ),
                        ),
                        (
                            "agreement_signed",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="agreement signed",
                            ),
                        ),
                        (
                            "agreement_note",
                            models.CharField(blank=True, max_length=200, verbose_name="terms in a few words"),
                        ),
                        (
                            "informal_note",
                            models.TextField(blank=True, verbose_name="why there is no signed agreement"),
                        ),
                        ("evaluation_plan", models.TextField(blank=True, verbose_name="evaluation plan")),
                        (
                            "evaluation_kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("self", "By the partners themselves"),
                                    ("participatory", "With those who are to benefit"),
                                    ("independent", "Independent"),
                                ],
                                max_length=15,
                                verbose_name="kind of evaluation",
                            ),
                        ),
                        (
                            "evaluation_due",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="evaluation due",
                            ),
                        ),
                        (
                            "evaluation_budget_usd",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=18,
                                null=True,
                                verbose_name="budget of the evaluation, USD",
                            ),
                        ),
                        (
                            "evaluation_findings",
                            models.TextField(blank=True, verbose_name="findings of the evaluation"),
                        ),
                        (
                            "no_evaluation_reason",
                            models.TextField(blank=True, verbose_name="why there was no evaluation"),
                        ),
                        ("stakeholders_heard", models.TextField(blank=True, verbose_name="who was heard")),
                        (
                            "evaluation_decision",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("continue", "Continue as it is"),
                                    ("change", "Continue with changes"),
                                    ("scale_up", "Make it larger"),
                                    ("replicate", "Do the same elsewhere"),
                                    ("close", "End it"),
                                ],
                                max_length=10,
                                verbose_name="decision after the evaluation",
                            ),
                        ),
                        (
                            "evaluation_published",
                            models.BooleanField(default=False, verbose_name="the evaluation is published"),
                        ),
                        (
                            "benefits_after_end",
                            models.TextField(blank=True, verbose_name="what lasts after the end"),
                        ),
                        ("handover", models.TextField(blank=True, verbose_name="who takes over, and how")),
                        (
                            "local_owner",
                            models.CharField(blank=True, max_length=200, verbose_name="local owner"),
                        ),
                        ("end_decision", models.TextField(blank=True, verbose_name="decision to end")),
                        ("final_report", models.TextField(blank=True, verbose_name="final report")),
                        ("lessons", models.TextField(blank=True, verbose_name="lessons learned")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("idea", "Idea"),
                                    ("screening", "Screening"),
                                    ("design", "Design"),
                                    ("agreement", "Agreement"),
                                    ("active", "Active"),
                                    ("closing", "Closing"),
                                    ("closed", "Closed"),
                                    ("on_hold", "On hold"),
                                    ("abandoned", "Abandoned"),
                                    ("withdrawn", "Withdrawn"),
                                    ("not_eligible", "Not eligible"),
                                ],
                                default="idea",
                                max_length=15,
                                verbose_name="status",
                            ),
                        ),
                        (
                            "status_as_of",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="status known as of",
                            ),
                        ),
                        (
                            "status_note",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="phase, in a few words"
                            ),
                        ),
                        (
                            "visibility",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft, its authors only"),
                                    ("un_system", "UN system"),
                                    ("public", "Public"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="visibility",
                            ),
                        ),
                        ("public_since", models.DateTimeField(null=True)),
                        (
                            "withheld_fields",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("parties", "Names of the partners"),
                                        ("contributions", "Contributions"),
                                        ("places", "Place in words"),
                                        ("agreement", "Terms of the agreement"),
                                        ("results", "Results"),
                                    ],
                                    max_length=20,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="withheld from the public",
                            ),
                        ),
                        (
                            "withheld_reason",
                            models.CharField(blank=True, max_length=300, verbose_name="why it is withheld"),
                        ),
                        (
                            "next_report_on",
                            models.DateField(
                                blank=True,
                                help_text="Last day of the report that is due next; empty where none is.",
                                null=True,
                            ),
                        ),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("entity", "Registered by its UN entity"),
                                    ("public_form", "Registered in public, reviewed by the registry desk"),
                                    ("offer", "Taken over from an offer"),
                                    ("file", "Loaded from a file"),
                                    ("archive", "From the archive"),
                                ],
                                default="entity",
                                max_length=15,
                                verbose_name="origin",
                            ),
                        ),
                        (
                            "confidence",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("high", "High: documents seen"),
                                    ("medium", "Medium: told by a partner"),
                                    ("low", "Low: from hearsay or press"),
                                ],
                                max_length=10,
                                verbose_name="confidence",
                            ),
                        ),
                        (
                            "is_imported",
                            models.BooleanField(
                                default=False,
                                help_text="From the archive; rules for new records were waived.",
                            ),
                        ),
                        (
                            "inferred_fields",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("source_document", models.CharField(blank=True, max_length=40)),
                        ("source_place", models.CharField(blank=True, max_length=80)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "countries",
                            models.ManyToManyField(
                                blank=True,
                                related_name="partnerships",
                                to="portal.country",
                                verbose_name="countries",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "focal_points",
                            models.ManyToManyField(
                                blank=True,
                                related_name="partnerships",
                                to="focalpoints.focalpoint",
                                verbose_name="focal points",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="partnerships.partnership",
                                verbose_name="umbrella it belongs to",
                            ),
                        ),
                        (
                            "predecessor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="successors",
                                to="partnerships.partnership",
                                verbose_name="what came before it",
                            ),
                        ),
                        (
                            "primary_target",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="portal.target",
                                verbose_name="main SDG target",
                            ),
                        ),
                        (
                            "regions",
                            models.ManyToManyField(
                                blank=True,
                                related_name="partnerships",
                                to="portal.region",
                                verbose_name="regions",
                            ),
                        ),
                        (
                            "replication_of",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replications",
                                to="partnerships.partnership",
                                verbose_name="what it was modelled on",
                            ),
                        ),
                        (
                            "targets",
                            models.ManyToManyField(
                                blank=True,
                                related_name="partnerships",
                                to="portal.target",
                                verbose_name="SDG targets",
                            ),
                        ),
                    ],
                    options={
                        "permissions": [
                            ("register_partnership", "Can register partnerships of the own entity"),
                            ("review_partnership", "Can edit and publish every partnership"),
                        ],
                    },
                ),
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
                migrations.CreateModel(
                    name="RegistryWord",
                    fields=[
                        ("word", models.CharField(max_length=60, primary_key=True, serialize=False)),
                    ],
                ),
                migrations.CreateModel(
                    name="Appeal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(editable=False, max_length=20, unique=True)),
                        ("title", models.CharField(max_length=160, verbose_name="title")),
                        ("description", models.TextField(verbose_name="description")),
                        (
                            "target_amount",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=16,
                                null=True,
                                verbose_name="shared target",
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                        ("closes_on", models.DateField(blank=True, null=True, verbose_name="last day")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "lead",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="focalpoints.unentity",
                                verbose_name="lead entity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("title", ""), _negated=True), name="appeal_titled"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("target_amount", None),
                                    models.Q(("currency__regex", "^[A-Z]{3}$"), ("target_amount__gt", 0)),
                                    _connector="OR",
                                ),
                                name="appeal_target_has_currency",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Company",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("name", models.CharField(max_length=300, verbose_name="legal name")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("company", "Company"),
                                    ("sme", "Small or medium firm"),
                                    ("foundation", "Foundation"),
                                    ("business_association", "Business association"),
                                    ("ngo", "Non-governmental organization"),
                                    ("government", "Government"),
                                    ("local_authority", "Local authority"),
                                    ("academia", "Academic institution"),
                                    ("trade_union", "Trade union"),
                                    ("community", "Community"),
                                    ("media", "Media"),
                                    ("igo", "Intergovernmental organization"),
                                ],
                                default="company",
                                max_length=30,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "registration_number",
                            models.CharField(blank=True, max_length=60, verbose_name="registration number"),
                        ),
                        (
                            "lei",
                            models.CharField(
                                blank=True, max_length=20, verbose_name="Legal Entity Identifier"
                            ),
                        ),
                        ("website", models.URLField(blank=True, verbose_name="website")),
                        (
                            "founded_year",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="year of foundation"
                            ),
                        ),
                        (
                            "size_class",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("micro", "Micro, under 10 people"),
                                    ("small", "Small, 10 to 49 people"),
                                    ("medium", "Medium, 50 to 249 people"),
                                    ("large", "Large, 250 people or more"),
                                ],
                                max_length=10,
                                verbose_name="size",
                            ),
                        ),
                        (
                            "address",
                            models.CharField(blank=True, max_length=300, verbose_name="registered address"),
                        ),
                        ("about", models.TextField(blank=True, verbose_name="what the company does")),
                        (
                            "is_from_archive",
                            models.BooleanField(
                                default=False,
                                help_text="Named by an archive record only: never screened until somebody works with it.",
                            ),
                        ),
                        ("is_demo", models.BooleanField(default=False, editable=False)),
                        (
                            "version",
                            models.PositiveIntegerField(
                                default=1, help_text="Grows with each change of what is screened."
                            ),
                        ),
                        (
                            "revision",
                            models.PositiveIntegerField(
                                default=1, help_text="Grows with each edit; guards against stale forms."
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "country",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="portal.country",
                                verbose_name="country of registration",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "sector",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="portal.sector",
                                verbose_name="main activity",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "companies",
                        "ordering": ["name"],
                        "permissions": [
                            ("manage_companies", "Can edit every company"),
                            ("view_inside", "Can see records and companies that are not public"),
                            ("make_offer", "Can create a company and make offers"),
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["name"], name="company_name_trigrams", opclasses=["gin_trgm_ops"]
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True), name="company_named"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("lei", ""), _negated=True),
                                fields=("lei",),
                                name="company_lei_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "company",
                                            "sme",
                                            "foundation",
                                            "business_association",
                                            "ngo",
                                            "government",
                                            "local_authority",
                                            "academia",
                                            "trade_union",
                                            "community",
                                            "media",
                                            "igo",
                                        ],
                                    )
                                ),
                                name="company_kind_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompanyInvitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                        (
                            "role",
                            models.CharField(
                                choices=[("owner", "Owner"), ("editor", "Editor")],
                                default="editor",
                                max_length=10,
                                verbose_name="role",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("was_accepted", models.BooleanField(default=False)),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "invited_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("answered_at", None)),
                                fields=("company", "email"),
                                name="company_invitation_open_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompanyMember",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[("owner", "Owner"), ("editor", "Editor")],
                                default="editor",
                                max_length=10,
                                verbose_name="role",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="members",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="company_memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("company", "user"), name="company_member_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompanyName",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=300, verbose_name="name")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("trading", "Trading name"),
                                    ("former", "Former name"),
                                    ("other_script", "Name in another script"),
                                ],
                                default="trading",
                                max_length=15,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="names",
                                to="partnerships.company",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("company", "name"), name="company_name_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompanyPerson",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("owner", "Owner"),
                                    ("director", "Director"),
                                    ("parent", "Parent company"),
                                ],
                                max_length=10,
                                verbose_name="role",
                            ),
                        ),
                        (
                            "is_organization",
                            models.BooleanField(default=False, verbose_name="is an organization"),
                        ),
                        (
                            "share_percent",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=5,
                                null=True,
                                verbose_name="share, per cent",
                            ),
                        ),
                        (
                            "birth_year",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="year of birth"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="people",
                                to="partnerships.company",
                            ),
                        ),
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
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("role__in", ["owner", "director", "parent"])),
                                name="company_person_role_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("share_percent", None),
                                    models.Q(("share_percent__gt", 0), ("share_percent__lte", 100)),
                                    _connector="OR",
                                ),
                                name="company_person_share",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DutyDivision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "duty",
                            models.CharField(
                                choices=[
                                    ("answer", "Answers offers"),
                                    ("screen", "Asks for due diligence"),
                                    ("design", "Designs the partnership"),
                                    ("sign", "Signs the agreement"),
                                    ("monitor", "Monitors and reports"),
                                    ("evaluate", "Evaluates"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "office_level",
                            models.CharField(
                                choices=[
                                    ("hq", "Headquarters"),
                                    ("regional", "Regional office"),
                                    ("country", "Country office"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="duties",
                                to="focalpoints.unentity",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("entity", "duty"), name="duty_of_entity_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "duty__in",
                                        ["answer", "screen", "design", "sign", "monitor", "evaluate"],
                                    )
                                ),
                                name="duty_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("office_level__in", ["hq", "regional", "country"])),
                                name="duty_office_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FacetValue",
                    fields=[
                        ("id", models.AutoField(primary_key=True, serialize=False)),
                        ("facet", models.CharField(max_length=20)),
                        ("value", models.CharField(max_length=40)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("facet", "value"), name="facet_value_once"),
                            models.CheckConstraint(
                                condition=models.Q(("id__gte", 100)), name="facet_value_from_100"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KeptDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("email", models.EmailField(max_length=254)),
                        ("answers", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["email"], name="kept_draft_email")],
                    },
                ),
                migrations.CreateModel(
                    name="LeadProposal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                        (
                            "outcome",
                            models.CharField(
                                choices=[("open", "Open"), ("agreed", "Agreed"), ("refused", "Not agreed")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("answer_note", models.CharField(blank=True, max_length=500, verbose_name="answer")),
                        ("proposed_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lead_proposals",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "lead",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="focalpoints.unentity",
                                verbose_name="who leads",
                            ),
                        ),
                        (
                            "other",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="focalpoints.unentity",
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
                        (
                            "proposer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="focalpoints.unentity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("proposer", models.F("other")), _negated=True),
                                name="lead_of_two",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lead", models.F("proposer")),
                                    ("lead", models.F("other")),
                                    _connector="OR",
                                ),
                                name="lead_is_one_of_them",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("outcome__in", ["open", "agreed", "refused"])),
                                name="lead_outcome_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("outcome", "open")),
                                fields=("company", "proposer", "other"),
                                name="lead_one_open_proposal",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Measurement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("value", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="value")),
                        (
                            "on",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="date",
                            ),
                        ),
                        ("by", models.CharField(blank=True, max_length=120, verbose_name="measured by")),
                        ("evidence", models.CharField(blank=True, max_length=300, verbose_name="evidence")),
                        ("comment", models.CharField(blank=True, max_length=300, verbose_name="comment")),
                        (
                            "indicator",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="measurements",
                                to="partnerships.indicator",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["on", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("on", ""), _negated=True), name="measurement_dated"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Need",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(editable=False, max_length=20, unique=True)),
                        ("title", models.CharField(max_length=160, verbose_name="title")),
                        ("description", models.TextField(verbose_name="description")),
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
                            ),
                        ),
                        (
                            "contribution_kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("cash", "Cash"),
                                        ("in_kind", "In kind"),
                                        ("in_kind_goods", "Goods"),
                                        ("in_kind_services", "Services"),
                                        ("pro_bono", "Pro bono work"),
                                        ("staff_time", "Staff time"),
                                        ("volunteers", "Volunteers"),
                                        ("investment", "Investment"),
                                        ("core_competency", "Core competency"),
                                        ("media_space", "Media space"),
                                        ("licence", "Licence"),
                                        ("expertise", "Expertise"),
                                        ("commitment", "Commitment"),
                                    ],
                                    max_length=20,
                                ),
                                default=list,
                                size=None,
                                verbose_name="kinds",
                            ),
                        ),
                        (
                            "quantity",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=14,
                                null=True,
                                verbose_name="quantity",
                            ),
                        ),
                        ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
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
                                default=list,
                                size=None,
                                verbose_name="themes",
                            ),
                        ),
                        ("is_demo", models.BooleanField(default=False, editable=False)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("office_place", models.CharField(blank=True, max_length=80, verbose_name="office")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("open", "Open"),
                                    ("partly_met", "Partly met"),
                                    ("met", "Met"),
                                    ("closed", "Closed"),
                                    ("expired", "Expired"),
                                ],
                                default="draft",
                                max_length=15,
                                verbose_name="status",
                            ),
                        ),
                        (
                            "value_amount",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=16,
                                null=True,
                                verbose_name="estimated value",
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                        ("needed_from", models.DateField(blank=True, null=True, verbose_name="needed from")),
                        (
                            "needed_until",
                            models.DateField(blank=True, null=True, verbose_name="needed until"),
                        ),
                        (
                            "urgency",
                            models.CharField(
                                choices=[
                                    ("emergency", "Emergency"),
                                    ("normal", "Normal"),
                                    ("planned", "Planned"),
                                ],
                                default="normal",
                                max_length=10,
                                verbose_name="urgency",
                            ),
                        ),
                        (
                            "beneficiaries",
                            models.CharField(blank=True, max_length=200, verbose_name="who benefits"),
                        ),
                        ("constraints_note", models.TextField(blank=True, verbose_name="constraints")),
                        (
                            "preferred_sectors",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=1),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="lines of business looked for",
                            ),
                        ),
                        (
                            "contact_role",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="who answers questions"
                            ),
                        ),
                        (
                            "visibility",
                            models.CharField(
                                choices=[("public", "Everybody"), ("un_system", "UN users only")],
                                default="public",
                                max_length=10,
                                verbose_name="who may see it",
                            ),
                        ),
                        ("published_at", models.DateTimeField(null=True)),
                        (
                            "appeal",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="needs",
                                to="partnerships.appeal",
                                verbose_name="joint appeal",
                            ),
                        ),
                        (
                            "countries",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="portal.country", verbose_name="countries"
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
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="needs",
                                to="focalpoints.unentity",
                                verbose_name="UN entity",
                            ),
                        ),
                        (
                            "targets",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="portal.target", verbose_name="SDG targets"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "permissions": [("post_need", "Can post needs of the own entity")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        ["draft", "open", "partly_met", "met", "closed", "expired"],
                                    )
                                ),
                                name="need_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("needed_from", None),
                                    ("needed_until", None),
                                    ("needed_until__gte", models.F("needed_from")),
                                    _connector="OR",
                                ),
                                name="need_window",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "closed"]),
                                    ("published_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="need_open_is_published",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("visibility__in", ["public", "un_system"])),
                                name="need_visibility_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Offer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(editable=False, max_length=20, unique=True)),
                        ("title", models.CharField(max_length=160, verbose_name="title")),
                        ("description", models.TextField(verbose_name="description")),
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
                            ),
                        ),
                        (
                            "contribution_kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("cash", "Cash"),
                                        ("in_kind", "In kind"),
                                        ("in_kind_goods", "Goods"),
                                        ("in_kind_services", "Services"),
                                        ("pro_bono", "Pro bono work"),
                                        ("staff_time", "Staff time"),
                                        ("volunteers", "Volunteers"),
                                        ("investment", "Investment"),
                                        ("core_competency", "Core competency"),
                                        ("media_space", "Media space"),
                                        ("licence", "Licence"),
                                        ("expertise", "Expertise"),
                                        ("commitment", "Commitment"),
                                    ],
                                    max_length=20,
                                ),
                                default=list,
                                size=None,
                                verbose_name="kinds",
                            ),
                        ),
                        (
                            "quantity",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=14,
                                null=True,
                                verbose_name="quantity",
                            ),
                        ),
                        ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
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
                                default=list,
                                size=None,
                                verbose_name="themes",
                            ),
                        ),
                        ("is_demo", models.BooleanField(default=False, editable=False)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("submitted", "Submitted"),
                                    ("triage", "Being read"),
                                    ("clarification", "Question open"),
                                    ("routed", "Passed to a UN office"),
                                    ("reserved", "Reserved"),
                                    ("matched", "Matched"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Declined"),
                                    ("expired", "Expired"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="draft",
                                max_length=15,
                                verbose_name="status",
                            ),
                        ),
                        ("answers", models.JSONField(default=dict)),
                        (
                            "value_amount",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="value"
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                        ("is_any_country", models.BooleanField(default=False, verbose_name="any country")),
                        (
                            "accepts_subregion",
                            models.BooleanField(
                                default=True, verbose_name="neighbouring countries are fine too"
                            ),
                        ),
                        (
                            "available_from",
                            models.DateField(blank=True, null=True, verbose_name="available from"),
                        ),
                        (
                            "available_until",
                            models.DateField(blank=True, null=True, verbose_name="available until"),
                        ),
                        (
                            "lead_time_days",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="days to deliver"
                            ),
                        ),
                        (
                            "is_standing",
                            models.BooleanField(default=False, verbose_name="ready for emergencies"),
                        ),
                        (
                            "contact_role",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="who we should write to"
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
                                verbose_name="languages you work in",
                            ),
                        ),
                        (
                            "compact_status",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("none", "No participant of the UN Global Compact"),
                                    ("active", "Participant, reports on time"),
                                    ("late", "Participant, report overdue"),
                                    ("removed", "Was removed from the list of participants"),
                                ],
                                max_length=10,
                                verbose_name="UN Global Compact",
                            ),
                        ),
                        ("conditions", models.TextField(blank=True, verbose_name="conditions")),
                        (
                            "expects_in_return",
                            models.TextField(blank=True, verbose_name="what you expect in return"),
                        ),
                        (
                            "is_tied_to_procurement",
                            models.BooleanField(
                                blank=True, null=True, verbose_name="tied to a tender or contract"
                            ),
                        ),
                        (
                            "is_fit_for_use",
                            models.BooleanField(
                                blank=True, null=True, verbose_name="fit for use and not expired"
                            ),
                        ),
                        (
                            "wishes_emblem",
                            models.BooleanField(
                                blank=True, null=True, verbose_name="wishes to use a UN name or emblem"
                            ),
                        ),
                        ("submitted_at", models.DateTimeField(null=True)),
                        ("answer_due_on", models.DateField(null=True)),
                        ("reserved_until", models.DateField(null=True)),
                        ("escalated_on", models.DateField(null=True)),
                        (
                            "reason_code",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("incomplete", "The offer is not complete"),
                                    ("not_fit", "The goods or services are not fit for use"),
                                    ("procurement", "The offer is tied to procurement"),
                                    ("not_eligible", "The company is not eligible"),
                                    ("outside_mandate", "No UN entity works on this in this place"),
                                    ("too_small", "Better placed with a local network"),
                                    ("no_need_now", "Nobody needs this now"),
                                    ("conditions", "The conditions cannot be met"),
                                    ("no_answer", "Our question was not answered"),
                                    ("abuse", "Not a real offer"),
                                    ("other", "Another reason"),
                                ],
                                max_length=20,
                                verbose_name="reason",
                            ),
                        ),
                        ("advice", models.TextField(blank=True, verbose_name="advice to the business")),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "suspicion",
                            models.CharField(
                                blank=True,
                                help_text="Why it waits for a look before anybody else reads it.",
                                max_length=300,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "countries",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="portal.country", verbose_name="countries"
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
                            "entity",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="focalpoints.unentity",
                            ),
                        ),
                        (
                            "need",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="partnerships.need",
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="focalpoints.focalpoint",
                            ),
                        ),
                        (
                            "renewed_from",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="renewals",
                                to="partnerships.offer",
                            ),
                        ),
                        (
                            "targets",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="portal.target", verbose_name="SDG targets"
                            ),
                        ),
                        (
                            "triager",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "partnership",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offer",
                                to="partnerships.partnership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "permissions": [("triage_offer", "Can read and answer offers")],
                        "indexes": [models.Index(fields=["status", "answer_due_on"], name="offer_desk")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "draft",
                                            "submitted",
                                            "triage",
                                            "clarification",
                                            "routed",
                                            "reserved",
                                            "matched",
                                            "accepted",
                                            "declined",
                                            "expired",
                                            "withdrawn",
                                        ],
                                    )
                                ),
                                name="offer_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("available_from", None),
                                    ("available_until", None),
                                    ("available_until__gte", models.F("available_from")),
                                    _connector="OR",
                                ),
                                name="offer_window",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "withdrawn", "expired"]),
                                    models.Q(
                                        ("answer_due_on__isnull", False),
                                        ("company__isnull", False),
                                        ("submitted_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="offer_submitted_has_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "declined"), _negated=True),
                                    models.Q(("reason_code", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="offer_declined_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "reserved"), _negated=True),
                                    ("reserved_until__isnull", False),
                                    _connector="OR",
                                ),
                                name="offer_reserved_has_end",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OfferMatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("score", models.DecimalField(decimal_places=1, max_digits=4)),
                        ("parts", models.JSONField(default=dict)),
                        ("weights_version", models.CharField(default="1.0", max_length=10)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("found", "Found"),
                                    ("shown", "Shown"),
                                    ("proposed", "Proposed"),
                                    ("reserved", "Held"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Not a fit"),
                                ],
                                default="found",
                                max_length=10,
                            ),
                        ),
                        ("reason", models.TextField(blank=True)),
                        ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("shown_at", models.DateTimeField(null=True)),
                        ("opened_at", models.DateTimeField(null=True)),
                        ("decided_at", models.DateTimeField(null=True)),
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
                            "need",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="matches",
                                to="partnerships.need",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="matches",
                                to="partnerships.offer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "offer matches",
                        "constraints": [
                            models.UniqueConstraint(fields=("offer", "need"), name="offer_match_once"),
                            models.CheckConstraint(
                                condition=models.Q(("score__gte", 0), ("score__lte", 100)),
                                name="offer_match_score",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OfferQuestion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "asked_by_side",
                            models.CharField(
                                choices=[("un", "UN side"), ("business", "Business")],
                                default="un",
                                max_length=10,
                            ),
                        ),
                        ("text", models.TextField(verbose_name="question")),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("reply", models.TextField(blank=True, verbose_name="reply")),
                        ("replied_at", models.DateTimeField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="questions",
                                to="partnerships.offer",
                            ),
                        ),
                        (
                            "replied_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("replied_at", None)),
                                fields=("offer", "asked_by_side"),
                                name="offer_one_open_question_a_side",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("asked_by_side__in", ["un", "business"])),
                                name="offer_question_side_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reply", ""), ("replied_at__isnull", False), _connector="OR"
                                ),
                                name="offer_reply_has_moment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegistryEntry",
                    fields=[
                        (
                            "partnership",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="registry_entry",
                                serialize=False,
                                to="partnerships.partnership",
                            ),
                        ),
                        (
                            "facets",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.IntegerField(),
                                help_text="Ids of FacetValue, and who may see the record.",
                                size=None,
                            ),
                        ),
                        ("words", django.contrib.postgres.search.SearchVectorField()),
                        ("listed_at", models.DateTimeField()),
                        ("title_key", models.CharField(max_length=200)),
                        ("entity_key", models.CharField(max_length=20)),
                        (
                            "value_key",
                            models.DecimalField(
                                decimal_places=2, help_text="USD; -1 where not stated.", max_digits=20
                            ),
                        ),
                        ("indexed_at", models.DateTimeField(auto_now=True)),
                        (
                            "changed_in",
                            models.BigIntegerField(
                                default=0, help_text="Number of the transaction that wrote it."
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "registry entries",
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["facets"], name="registry_facets", opclasses=["gin__int_ops"]
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["words"], name="registry_words"),
                            models.Index(fields=["-listed_at", "-partnership"], name="registry_newest"),
                            models.Index(fields=["title_key", "partnership"], name="registry_title"),
                            models.Index(
                                fields=["title_key"],
                                name="registry_title_begins",
                                opclasses=["varchar_pattern_ops"],
                            ),
                            models.Index(fields=["entity_key", "partnership"], name="registry_entity"),
                            models.Index(fields=["-value_key", "-partnership"], name="registry_value"),
                            models.Index(fields=["-indexed_at"], name="registry_indexed"),
                            models.Index(fields=["changed_in"], name="registry_changed_in"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Milestone",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "on",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="date",
                            ),
                        ),
                        ("text", models.CharField(max_length=200, verbose_name="what happened")),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="milestones",
                                to="partnerships.partnership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["on", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="Lesson",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "heading",
                            models.CharField(
                                choices=[
                                    ("local_ownership", "Local ownership"),
                                    ("experiment", "Room to experiment, and to fail"),
                                    ("time_and_cost", "Time and cost of working together"),
                                    ("central_or_local", "Central or local facilitation"),
                                    ("un_role", "Role of the United Nations"),
                                    ("trust_and_rules", "Trust, rules and accountability"),
                                    ("capacity", "Skills and capacity"),
                                    ("donor_coordination", "Coordination of donors"),
                                    ("other", "Something else"),
                                ],
                                default="other",
                                max_length=20,
                                verbose_name="about",
                            ),
                        ),
                        ("text", models.TextField(verbose_name="lesson")),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lesson_rows",
                                to="partnerships.partnership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.AddField(
                    model_name="indicator",
                    name="partnership",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="indicators",
                        to="partnerships.partnership",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="indicator",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("level__in", ["input", "output", "outcome", "impact"])),
                        name="indicator_level_known",
                    ),
                ),
                migrations.CreateModel(
                    name="EmblemRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("purpose", models.TextField(verbose_name="what it is for")),
                        ("medium", models.CharField(max_length=200, verbose_name="where it appears")),
                        ("first_day", models.DateField(verbose_name="from")),
                        ("last_day", models.DateField(verbose_name="until")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("pending", "Asked for"),
                                    ("approved", "Approved"),
                                    ("refused", "Refused"),
                                ],
                                default="pending",
                                max_length=10,
                            ),
                        ),
                        (
                            "approver_role",
                            models.CharField(blank=True, max_length=120, verbose_name="decided by (role)"),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="conditions or reason")),
                        ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("decided_at", models.DateTimeField(null=True)),
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
                            "requested_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="emblem_requests",
                                to="partnerships.partnership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("last_day__gte", models.F("first_day"))),
                                name="emblem_days_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", None),
                                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="emblem_two_people",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status", "pending"),
                                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="emblem_decided_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contribution",
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
                                    ("cash", "Cash"),
                                    ("in_kind", "In kind"),
                                    ("in_kind_goods", "Goods"),
                                    ("in_kind_services", "Services"),
                                    ("pro_bono", "Pro bono work"),
                                    ("staff_time", "Staff time"),
                                    ("volunteers", "Volunteers"),
                                    ("investment", "Investment"),
                                    ("core_competency", "Core competency"),
                                    ("media_space", "Media space"),
                                    ("licence", "Licence"),
                                    ("expertise", "Expertise"),
                                    ("commitment", "Commitment"),
                                ],
                                max_length=20,
                                verbose_name="kind",
                            ),
                        ),
                        ("giver", models.CharField(blank=True, max_length=200, verbose_name="giver")),
                        ("receiver", models.CharField(blank=True, max_length=200, verbose_name="receiver")),
                        (
                            "amount",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="amount"
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                        (
                            "usd_value",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=18,
                                null=True,
                                verbose_name="about USD",
                            ),
                        ),
                        (
                            "rate_on",
                            models.DateField(blank=True, null=True, verbose_name="day of the exchange rate"),
                        ),
                        (
                            "valuation_method",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("stated", "Stated by the giver"),
                                    ("market_price", "Market price"),
                                    ("cost", "Cost of the giver"),
                                    ("replacement", "What it would cost to buy"),
                                    ("expert", "Estimate of an expert"),
                                    ("hourly_rate", "Hours at a rate"),
                                ],
                                max_length=15,
                                verbose_name="how it was valued",
                            ),
                        ),
                        (
                            "bound",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "exactly"),
                                    ("more_than", "more than"),
                                    ("less_than", "less than"),
                                    ("at_least", "at least"),
                                    ("at_most", "at most"),
                                    ("about", "about"),
                                ],
                                max_length=10,
                                verbose_name="how exact",
                            ),
                        ),
                        (
                            "quantity",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=18,
                                null=True,
                                verbose_name="quantity",
                            ),
                        ),
                        ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
                        (
                            "is_earmarked",
                            models.BooleanField(blank=True, null=True, verbose_name="earmarked"),
                        ),
                        (
                            "year",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year"),
                        ),
                        (
                            "as_of",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="as of",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("pledged", "Pledged"),
                                    ("agreed", "Agreed"),
                                    ("received", "Received"),
                                    ("cancelled", "Cancelled"),
                                    ("planned", "Planned, not counted"),
                                    ("stated", "Stated in the source"),
                                ],
                                default="pledged",
                                max_length=10,
                                verbose_name="status",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                        (
                            "country",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="portal.country",
                                verbose_name="place",
                            ),
                        ),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="contributions",
                                to="partnerships.partnership",
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
                                        [
                                            "cash",
                                            "in_kind",
                                            "in_kind_goods",
                                            "in_kind_services",
                                            "pro_bono",
                                            "staff_time",
                                            "volunteers",
                                            "investment",
                                            "core_competency",
                                            "media_space",
                                            "licence",
                                            "expertise",
                                            "commitment",
                                        ],
                                    )
                                ),
                                name="contribution_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount", None), ("amount__gt", 0), _connector="OR"),
                                name="contribution_amount_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount", None), ("currency__regex", "^[A-Z]{3}$"), _connector="OR"
                                ),
                                name="contribution_amount_has_currency",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Agreement",
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
                                    ("letter_of_intent", "Letter of intent"),
                                    ("memorandum", "Memorandum of understanding"),
                                    ("partnership_agreement", "Partnership agreement"),
                                    ("contribution_agreement", "Contribution agreement"),
                                    ("in_kind_agreement", "In-kind agreement"),
                                    ("pro_bono_agreement", "Pro bono agreement"),
                                    ("secondment_agreement", "Secondment agreement"),
                                    ("staff_exchange_agreement", "Staff exchange agreement"),
                                    ("cause_marketing_agreement", "Cause-related marketing agreement"),
                                    ("licence", "Licence"),
                                    ("informal", "Informal"),
                                ],
                                max_length=30,
                                verbose_name="kind of agreement",
                            ),
                        ),
                        ("template", models.CharField(blank=True, max_length=40, verbose_name="template")),
                        ("template_version", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "clauses",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("legal_review", "Legal review"),
                                    ("partner_review", "With the partner"),
                                    ("signed", "Signed"),
                                    ("in_force", "In force"),
                                    ("amended", "Being amended"),
                                    ("renewed", "Renewed"),
                                    ("expired", "Expired"),
                                    ("terminated", "Terminated"),
                                ],
                                default="draft",
                                max_length=15,
                                verbose_name="state",
                            ),
                        ),
                        ("status_since", models.DateField(default=django.utils.timezone.localdate)),
                        ("signed_on", models.DateField(blank=True, null=True, verbose_name="signed on")),
                        ("place", models.CharField(blank=True, max_length=120, verbose_name="signed in")),
                        (
                            "in_force_on",
                            models.DateField(blank=True, null=True, verbose_name="in force from"),
                        ),
                        ("expires_on", models.DateField(blank=True, null=True, verbose_name="last day")),
                        (
                            "renewal_rule",
                            models.CharField(blank=True, max_length=200, verbose_name="renewal"),
                        ),
                        ("emblem_use", models.TextField(blank=True, verbose_name="use of emblem and name")),
                        ("exclusivity", models.TextField(blank=True, verbose_name="exclusivity")),
                        ("exit_clause", models.TextField(blank=True, verbose_name="how it ends early")),
                        (
                            "legal_officer_role",
                            models.CharField(blank=True, max_length=120, verbose_name="legal officer (role)"),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="agreements",
                                to="partnerships.partnership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "draft",
                                            "legal_review",
                                            "partner_review",
                                            "signed",
                                            "in_force",
                                            "amended",
                                            "renewed",
                                            "expired",
                                            "terminated",
                                        ],
                                    )
                                ),
                                name="agreement_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("status__in", ["signed", "in_force", "renewed", "expired"]),
                                        _negated=True,
                                    ),
                                    ("signed_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="agreement_in_force_is_signed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("expires_on", None),
                                    ("in_force_on", None),
                                    ("expires_on__gte", models.F("in_force_on")),
                                    _connector="OR",
                                ),
                                name="agreement_days_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartnershipEntity",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("lead", "Lead"),
                                    ("framework_provider", "Framework provider"),
                                    ("facilitator_broker", "Facilitator or broker"),
                                    ("implementer", "Implementer"),
                                    ("beneficiary", "Beneficiary"),
                                    ("steering", "Steering"),
                                    ("coordination", "Coordination"),
                                    ("participant", "Participant"),
                                ],
                                default="lead",
                                max_length=20,
                                verbose_name="role",
                            ),
                        ),
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
                        ("note", models.CharField(blank=True, max_length=200)),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="partnership_roles",
                                to="focalpoints.unentity",
                            ),
                        ),
                        (
                            "office_country",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="portal.country",
                                verbose_name="country of the office",
                            ),
                        ),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="entity_roles",
                                to="partnerships.partnership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("partnership", "entity"), name="partnership_entity_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "role__in",
                                        [
                                            "lead",
                                            "framework_provider",
                                            "facilitator_broker",
                                            "implementer",
                                            "beneficiary",
                                            "steering",
                                            "coordination",
                                            "participant",
                                        ],
                                    )
                                ),
                                name="partnership_entity_role_known",
                            ),
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="partnership",
                    name="entities",
                    field=models.ManyToManyField(
                        related_name="partnerships",
                        through="partnerships.PartnershipEntity",
                        to="focalpoints.unentity",
                    ),
                ),
                migrations.CreateModel(
                    name="PartnershipParty",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "description",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="unnamed partner, described"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("company", "Company"),
                                    ("sme", "Small or medium firm"),
                                    ("foundation", "Foundation"),
                                    ("business_association", "Business association"),
                                    ("ngo", "Non-governmental organization"),
                                    ("government", "Government"),
                                    ("local_authority", "Local authority"),
                                    ("academia", "Academic institution"),
                                    ("trade_union", "Trade union"),
                                    ("community", "Community"),
                                    ("media", "Media"),
                                    ("igo", "Intergovernmental organization"),
                                ],
                                default="company",
                                max_length=30,
                                verbose_name="kind",
                            ),
                        ),
                        ("role", models.CharField(blank=True, max_length=120, verbose_name="role")),
                        ("responsibilities", models.TextField(blank=True, verbose_name="responsibilities")),
                        (
                            "interests",
                            models.TextField(blank=True, verbose_name="what it wants from the partnership"),
                        ),
                        (
                            "joined",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="joined",
                            ),
                        ),
                        (
                            "left",
                            partnerships.models.dates.PartialDateField(
                                blank=True,
                                max_length=10,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                                        "Enter a year, a month as 2001-05, or a day as 2001-05-17.",
                                    )
                                ],
                                verbose_name="left",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="party_in",
                                to="partnerships.company",
                            ),
                        ),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parties",
                                to="partnerships.partnership",
                            ),
                        ),
                        (
                            "sector",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="portal.sector",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "partnership parties",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("company__isnull", False)),
                                fields=("partnership", "company"),
                                name="partnership_company_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("company__isnull", False),
                                    models.Q(("description", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="party_named_or_described",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProgressReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("period_from", models.DateField(verbose_name="from")),
                        ("period_until", models.DateField(verbose_name="until")),
                        ("due_on", models.DateField(null=True)),
                        ("progress", models.TextField(blank=True, verbose_name="what was done")),
                        ("difficulties", models.TextField(blank=True, verbose_name="what was difficult")),
                        (
                            "changes",
                            models.TextField(
                                blank=True, verbose_name="what changed in the plan, the partners or the money"
                            ),
                        ),
                        ("next_steps", models.TextField(blank=True, verbose_name="what comes next")),
                        ("results", models.JSONField(blank=True, default=list)),
                        (
                            "decision",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("continue", "Continue as it is"),
                                    ("change", "Continue with changes"),
                                    ("scale_up", "Make it larger"),
                                    ("replicate", "Do the same elsewhere"),
                                    ("close", "End it"),
                                ],
                                max_length=10,
                                verbose_name="keep or end",
                            ),
                        ),
                        ("decision_note", models.TextField(blank=True, verbose_name="why")),
                        ("submitted_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reports",
                                to="partnerships.partnership",
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("partnership", "number"), name="report_number_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("submitted_at", None)),
                                fields=("partnership",),
                                name="one_draft_report",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("period_until__gte", models.F("period_from"))),
                                name="report_period_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("submitted_at", None),
                                    models.Q(("decision", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="report_handed_in_decides",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecordImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(editable=False, max_length=20, unique=True)),
                        ("file_name", models.CharField(max_length=255)),
                        ("content", models.BinaryField()),
                        ("headings", models.JSONField(default=list)),
                        ("mapping", models.JSONField(default=dict)),
                        (
                            "visibility",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft, its authors only"),
                                    ("un_system", "UN system"),
                                    ("public", "Public"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="who sees the records",
                            ),
                        ),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("all", "All rows or none"),
                                    ("good", "The good rows, without the bad ones"),
                                ],
                                default="all",
                                max_length=5,
                                verbose_name="what is loaded",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("uploaded", "Say what each column is"),
                                    ("running", "Being checked"),
                                    ("checked", "Checked, nothing loaded yet"),
                                    ("sending", "Being loaded"),
                                    ("done", "Loaded"),
                                    ("withdrawn", "Undone"),
                                ],
                                default="uploaded",
                                max_length=10,
                            ),
                        ),
                        ("row_count", models.PositiveIntegerField(default=0)),
                        ("bad_row_count", models.PositiveIntegerField(default=0)),
                        ("loaded_count", models.PositiveIntegerField(default=0)),
                        ("problems", models.JSONField(default=list)),
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
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        ["uploaded", "running", "checked", "sending", "done", "withdrawn"],
                                    )
                                ),
                                name="import_status_known",
                            )
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="partnership",
                    name="import_batch",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="partnerships.recordimport",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="partnership",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "idea",
                                    "screening",
                                    "design",
                                    "agreement",
                                    "active",
                                    "closing",
                                    "closed",
                                    "on_hold",
                                    "abandoned",
                                    "withdrawn",
                                    "not_eligible",
                                ],
                            )
                        ),
                        name="partnership_status_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="partnership",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            (
                                "partnership_type__in",
                                ["core_business", "social_investment", "advocacy_policy"],
                            )
                        ),
                        name="partnership_type_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="partnership",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("ldc_share", None),
                            models.Q(("ldc_share__gte", 0), ("ldc_share__lte", 1)),
                            _connector="OR",
                        ),
                        name="partnership_ldc_share_is_share",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="partnership",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("withheld_fields", []),
                            models.Q(("withheld_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="partnership_withheld_for_a_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="partnership",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("parent", models.F("pk")), _negated=True),
                            models.Q(("predecessor", models.F("pk")), _negated=True),
                            models.Q(("replication_of", models.F("pk")), _negated=True),
                        ),
                        name="partnership_not_its_own_relative",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="partnership",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("start__regex", "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$")
                        ),
                        name="partnership_start_shape",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="partnership",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("end__regex", "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$")
                        ),
                        name="partnership_end_shape",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="partnership",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            (
                                "agreement_signed__regex",
                                "^(\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?)?$",
                            )
                        ),
                        name="partnership_agreement_signed_shape",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="partnership",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("visibility", "public"), _negated=True),
                            ("public_since__isnull", False),
                            _connector="OR",
                        ),
                        name="partnership_public_since",
                    ),
                ),
                migrations.CreateModel(
                    name="Registration",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(editable=False, max_length=20, unique=True)),
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
                            ),
                        ),
                        ("answers", models.JSONField(default=dict)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Being filled in"),
                                    ("submitted", "With the registry desk"),
                                    ("clarification", "A question is open"),
                                    ("accepted", "In the registry"),
                                    ("declined", "Not taken into the registry"),
                                ],
                                default="draft",
                                max_length=15,
                            ),
                        ),
                        (
                            "message",
                            models.TextField(
                                blank=True, help_text="The desk's question, or the reason of a refusal."
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("submitted_at", models.DateTimeField(null=True)),
                        (
                            "partnership",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="registration",
                                to="partnerships.partnership",
                            ),
                        ),
                        (
                            "reviewed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        ["draft", "submitted", "clarification", "accepted", "declined"],
                                    )
                                ),
                                name="registration_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "accepted"), _negated=True),
                                    ("partnership__isnull", False),
                                    _connector="OR",
                                ),
                                name="registration_accepted_has_record",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedSearch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        ("query", models.CharField(blank=True, max_length=2000)),
                        (
                            "frequency",
                            models.CharField(
                                choices=[
                                    ("daily", "Every day"),
                                    ("weekly", "Every week"),
                                    ("never", "No mail"),
                                ],
                                default="weekly",
                                max_length=6,
                                verbose_name="mail about changes",
                            ),
                        ),
                        (
                            "checked_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, help_text="Changes before this were told."
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_searches",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "saved searches",
                        "ordering": ["name", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "query"), name="saved_search_once"),
                            models.CheckConstraint(
                                condition=models.Q(("frequency__in", ["daily", "weekly", "never"])),
                                name="saved_search_frequency_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SelfCheck",
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
                                    ("characteristics", "Characteristics of a good partnership"),
                                    ("transformational", "Transformational"),
                                    ("registration", "Criteria of registration"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "moment",
                            models.CharField(
                                choices=[
                                    ("design", "At the design"),
                                    ("midterm", "Halfway"),
                                    ("end", "At the end"),
                                ],
                                default="design",
                                max_length=10,
                            ),
                        ),
                        ("answers", models.JSONField(default=dict)),
                        ("note", models.TextField(blank=True)),
                        ("made_at", models.DateTimeField()),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="self_checks",
                                to="partnerships.partnership",
                            ),
                        ),
                        (
                            "reviewed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kind", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("partnership", "kind", "moment"), name="self_check_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Source",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
                        (
                            "place",
                            models.CharField(blank=True, max_length=80, verbose_name="page or paragraph"),
                        ),
                        ("is_public", models.BooleanField(default=True, verbose_name="shown to the public")),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sources",
                                to="partnerships.partnership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="StaffExchange",
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
                                    ("to_un", "From the partner to the United Nations"),
                                    ("from_un", "From the United Nations to the partner"),
                                    ("both", "Both ways"),
                                ],
                                default="to_un",
                                max_length=10,
                                verbose_name="direction",
                            ),
                        ),
                        ("people_count", models.PositiveSmallIntegerField(verbose_name="people")),
                        (
                            "months",
                            models.DecimalField(decimal_places=1, max_digits=4, verbose_name="months each"),
                        ),
                        (
                            "paid_by",
                            models.CharField(
                                choices=[
                                    ("partner", "The partner"),
                                    ("un", "The United Nations"),
                                    ("shared", "Both"),
                                ],
                                default="partner",
                                max_length=10,
                                verbose_name="who pays",
                            ),
                        ),
                        ("task", models.CharField(max_length=200, verbose_name="what they do")),
                        ("place", models.CharField(blank=True, max_length=120, verbose_name="place")),
                        ("first_day", models.DateField(blank=True, null=True, verbose_name="from")),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="exchanges",
                                to="partnerships.partnership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("months__gt", 0), ("people_count__gt", 0)),
                                name="exchange_of_somebody",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Translation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                                max_length=10,
                                verbose_name="language",
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("summary", models.TextField(verbose_name="summary")),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="translations",
                                to="partnerships.partnership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("partnership", "language"), name="partnership_translated_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UNCost",
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
                                    ("staff", "Staff"),
                                    ("travel", "Travel"),
                                    ("legal", "Legal work"),
                                    ("screening", "Screening"),
                                    ("monitoring", "Monitoring and evaluation"),
                                    ("other", "Other"),
                                ],
                                default="staff",
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "staff_days",
                            models.DecimalField(
                                blank=True,
                                decimal_places=1,
                                max_digits=8,
                                null=True,
                                verbose_name="staff days",
                            ),
                        ),
                        (
                            "amount",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="amount"
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                        (
                            "partnership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="un_costs",
                                to="partnerships.partnership",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "UN cost",
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount", None), ("currency__regex", "^[A-Z]{3}$"), _connector="OR"
                                ),
                                name="un_cost_amount_has_currency",
                            )
                        ],
                    },
                ),
            ],
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
        migrations.RunSQL(
            sql="\nALTER TABLE partnerships_registryentry ALTER COLUMN words SET STORAGE EXTERNAL;\nALTER TABLE partnerships_registryentry ALTER COLUMN facets SET STORAGE PLAIN;\nALTER TABLE partnerships_registryentry SET (toast_tuple_target = 256);\n",
            reverse_sql="\nALTER TABLE partnerships_registryentry ALTER COLUMN words SET STORAGE EXTENDED;\nALTER TABLE partnerships_registryentry ALTER COLUMN facets SET STORAGE EXTENDED;\nALTER TABLE partnerships_registryentry RESET (toast_tuple_target);\n",
        ),
        migrations.RunSQL(
            sql="\nALTER TABLE partnerships_facetvalue ALTER COLUMN id SET MINVALUE 100 SET START WITH 100 RESTART WITH 100;\n",
            reverse_sql="ALTER TABLE partnerships_facetvalue ALTER COLUMN id SET MINVALUE 1 SET START WITH 1;",
        ),
    ]
