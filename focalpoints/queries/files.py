from collections import defaultdict
from collections.abc import Sequence

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from portal.models import Attachment


def files_of(rows: Sequence[Model]) -> dict[int, list[Attachment]]:
    """The files that hang on each of these rows of one model, by primary key, oldest first. One query."""
    files: dict[int, list[Attachment]] = defaultdict(list)
    if rows:
        about_type = ContentType.objects.get_for_model(rows[0])
        ids = [row.pk for row in rows]
        for file in Attachment.objects.filter(about_type=about_type, about_id__in=ids):
            files[file.about_id].append(file)
    return files
