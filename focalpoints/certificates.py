from django.utils.translation import gettext as _
from django.utils.translation import override

from focalpoints.models import TrainingSeat
from portal.days import day_words
from portal.documents import Document, Facts, Items, Paragraph, Section


def certificate(seat: TrainingSeat, language: str) -> Document:
    """What a participant can show: who completed which course, when, and what it taught.

    Raises ValueError for a seat whose course was not completed.
    """
    training = seat.training
    if seat.completed_on is None:
        raise ValueError(f"Seat {seat.pk} was not completed.")
    with override(language):
        facts = [
            (_("Course"), training.title),
            (_("Provider"), training.provider),
            (_("Place"), training.place),
            (_("First day"), day_words(training.starts_on)),
            (_("Last day"), day_words(training.ends_on)),
            (_("UN entity"), seat.entity.full_name if seat.entity else ""),
        ]
        completed = _("%(name)s completed this course on %(day)s.") % {
            "name": seat.user,
            "day": day_words(seat.completed_on),
        }
        sections = [
            Section(_("The course"), [Paragraph(completed), Facts([fact for fact in facts if fact[1]])])
        ]
        if training.modules:
            sections.append(Section(_("What was taught"), [Items(training.modules)]))
        return Document(
            title=_("Certificate of completion"),
            subtitle=str(seat.user),
            reference=f"T-{training.pk}-{seat.pk}",
            language=language,
            sections=sections,
        )
