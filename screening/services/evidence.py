"""Files that show something: they hang on a hit or on an assessment, and reviewers read them."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from portal import attachments
from portal.errors import RuleViolation
from portal.models import Attachment, User
from screening.models import Assessment, Case, Hit
from screening.services import locks


@transaction.atomic
def attach(case: Case, upload: UploadedFile, *, hit: Hit | None = None, by: User) -> Attachment:
    """Keep a file as evidence on a hit, or on the assessment. Raises RuleViolation with the reason."""
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.did_not_ask(case, by)
    locks.is_under_review(case)
    about = hit or Assessment.objects.filter(case=case).first()
    if about is None:
        raise RuleViolation(_("Begin the assessment first: the file hangs on it."))
    return attachments.accept(upload, about=about, by=by, kind="evidence")


@transaction.atomic
def detach(case: Case, attachment: Attachment, *, by: User) -> None:
    """Take a file away while the case is under review; the history keeps its name and checksum."""
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.did_not_ask(case, by)
    locks.is_under_review(case)
    attachments.remove(attachment, by=by)
