from django.utils.translation import gettext as _
from django.utils.translation import override

from focalpoints.models import Recommendation
from focalpoints.wording import to_text
from portal.days import day_words
from portal.documents import Document, Facts, Items, Paragraph, Section


def recommendation_letter(recommendation: Recommendation, language: str) -> Document:
    """A joint recommendation as it goes to its addressee: the words, and the entities that signed."""
    with override(language):
        facts = [(_("To"), recommendation.addressee)]
        if recommendation.sent_on:
            facts.append((_("Sent"), day_words(recommendation.sent_on)))
        words = [Paragraph(part) for part in to_text(recommendation.text).split("\n\n")]
        signers = [signature.entity.full_name for signature in recommendation.signatures.all()]
        return Document(
            title=recommendation.title,
            subtitle=_("Joint recommendation of UN entities"),
            reference=f"R-{recommendation.pk}",
            language=language,
            sections=[
                Section(_("Recommendation"), [Facts(facts), *words]),
                Section(_("Signed by"), [Items(signers)]),
            ],
        )
