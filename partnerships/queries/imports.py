"""How the work on files of records goes."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from partnerships.models import IMPORT_JOBS, RecordImport
from portal.models import Job


def last_jobs(imports: Iterable[RecordImport]) -> dict[int, Job]:
    """The last job of each file that is being checked, loaded or undone, by the file's primary key."""
    keys = [
        Q(key__startswith=f"{IMPORT_JOBS[found.status]}:{found.pk}:")
        for found in imports
        if found.status in IMPORT_JOBS
    ]
    if not keys:
        return {}
    return {job.args["import_id"]: job for job in Job.objects.filter(reduce(or_, keys)).order_by("pk")}
