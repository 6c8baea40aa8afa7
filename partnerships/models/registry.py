"""What the search of the registry knows of each record. Derived: `search.reindex` writes it, nothing else."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import CheckConstraint, Index, Lookup, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnerships.models.partnerships import Partnership
from portal.models import User


class RegistryEntry(models.Model):
    """One published record: its facet values as numbers, its words, and a key for each way to sort."""

    partnership = models.OneToOneField(
        Partnership, models.CASCADE, primary_key=True, related_name="registry_entry"
    )
    facets = ArrayField(models.IntegerField(), help_text="Ids of FacetValue, and who may see the record.")
    words = SearchVectorField()
    listed_at = models.DateTimeField()
    title_key = models.CharField(max_length=200)
    entity_key = models.CharField(max_length=20)
    value_key = models.DecimalField(max_digits=20, decimal_places=2, help_text="USD; -1 where not stated.")
    indexed_at = models.DateTimeField(auto_now=True)
    changed_in = models.BigIntegerField(default=0, help_text="Number of the transaction that wrote it.")

    class Meta:
        verbose_name_plural = "registry entries"
        indexes = [
            GinIndex(fields=["facets"], name="registry_facets", opclasses=["gin__int_ops"]),
            GinIndex(fields=["words"], name="registry_words"),
            Index(fields=["-listed_at", "-partnership"], name="registry_newest"),
            Index(fields=["title_key", "partnership"], name="registry_title"),
            Index(fields=["title_key"], name="registry_title_begins", opclasses=["varchar_pattern_ops"]),
            Index(fields=["entity_key", "partnership"], name="registry_entity"),
            Index(fields=["-value_key", "-partnership"], name="registry_value"),
            Index(fields=["-indexed_at"], name="registry_indexed"),
            Index(fields=["changed_in"], name="registry_changed_in"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="leaves",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func="""
                    INSERT INTO partnerships_registryexit (partnership_id, changed_in)
                    VALUES (OLD.partnership_id, pg_current_xact_id()::text::bigint);
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"entry of {self.partnership_id}"


class RegistryExit(models.Model):
    """That an entry was deleted, by whatever way: processes that count on their own learn it from here."""

    partnership_id = models.BigIntegerField()
    changed_in = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"exit of {self.partnership_id}"


@ArrayField.register_lookup
class Satisfies(Lookup):
    """`facets__satisfies="(5|6)&9"`: the array holds 9, and 5 or 6. intarray's own query language."""

    lookup_name = "satisfies"

    def get_prep_lookup(self) -> str:
        return str(self.rhs)

    def get_db_prep_lookup(self, value, connection):
        return "%s", [value]

    def as_sql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}::query_int", [*left_params, *right_params]


class FacetValue(models.Model):
    """A value of a facet, such as ("country", "UGA"), and the number that stands for it in `facets`.

    Numbers below 100 are kept for who may see a record.
    """

    id = models.AutoField(primary_key=True)
    facet = models.CharField(max_length=20)
    value = models.CharField(max_length=40)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["facet", "value"], name="facet_value_once"),
            CheckConstraint(name="facet_value_from_100", condition=Q(id__gte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.facet}={self.value}"


class SavedSearch(models.Model):
    """A search of the registry that somebody follows; `query` is the query of its address."""

    class Frequency(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        NEVER = "never", _("No mail")

    MOST = 30  # of one person

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    frequency = models.CharField(
        _("mail about changes"), max_length=6, choices=Frequency, default=Frequency.WEEKLY
    )
    checked_at = models.DateTimeField(default=timezone.now, help_text="Changes before this were told.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]
        verbose_name_plural = "saved searches"
        constraints = [
            UniqueConstraint(fields=["user", "query"], name="saved_search_once"),
            CheckConstraint(
                name="saved_search_frequency_known",
                condition=Q(frequency__in=["daily", "weekly", "never"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RegistryWord(models.Model):
    """A word that some public record holds: what a misspelt word is held against."""

    word = models.CharField(max_length=60, primary_key=True)

    def __str__(self) -> str:
        return self.word
