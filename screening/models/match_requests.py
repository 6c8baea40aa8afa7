import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone

from portal.models import User

KEPT = timedelta(days=7)  # names that somebody asked about; no longer than an answer is of use


class MatchRequest(models.Model):
    """Names that a program asked about.

    The web takes them and a worker answers: only workers carry the matcher.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    queries = models.JSONField(help_text="What screening.matching.subject_of reads, for each name.")
    answers = models.JSONField(null=True, help_text="One list of hits for each query, in the same order.")
    matcher = models.CharField(max_length=40, blank=True)
    list_versions = models.JSONField(default=list, help_text='["un v12", …]')
    at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="match_request_at")]

    def __str__(self) -> str:
        return f"{len(self.queries)} names, {self.at:%Y-%m-%d %H:%M}"
