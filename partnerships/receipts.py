"""The receipt of an offer, in the language of the reader."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partnerships.models import ContributionKind, Offer
from portal.days import day_words, with_time
from portal.documents import Document, Facts, Items, Paragraph, Section
from portal.models import Attachment
from portal.themes import Theme


def receipt(offer: Offer, files: Iterable[Attachment]) -> Document:
    """What was submitted, when, and by when it is answered. Of a submitted offer."""
    assert offer.company
    assert offer.submitted_at
    unknown = _("Not stated")
    kinds, themes = dict(ContributionKind.choices), dict(Theme.choices)
    places = [_("Any country")] if offer.is_any_country else [str(c) for c in offer.countries.all()]
    offered = [
        (_("What"), offer.title),
        (_("Kinds of help"), ", ".join(str(kinds[kind]) for kind in offer.contribution_kinds)),
        (
            _("Quantity"),
            f"{offer.quantity.normalize():f} {offer.unit}" if offer.quantity else unknown,
        ),
        (
            _("Value"),
            f"{offer.currency} {offer.value_amount:,.2f}" if offer.value_amount else unknown,
        ),
        (_("Where"), ", ".join(places)),
        (_("When"), f"{_day(offer.available_from)} – {_day(offer.available_until)}"),
        (_("Themes"), ", ".join(str(themes[theme]) for theme in offer.themes)),
        (_("SDG targets"), ", ".join(target.pk for target in offer.targets.all()) or unknown),
    ]
    conduct = [
        (_("Tied to a tender or contract"), _yes_no(offer.is_tied_to_procurement)),
        (_("Fit for use, legal, not expired"), _yes_no(offer.is_fit_for_use)),
        (_("Wish to use a UN name or emblem"), _yes_no(offer.wishes_emblem)),
        (_("Expected in return"), offer.expects_in_return or _("Nothing stated")),
        (_("Conditions"), offer.conditions or _("None stated")),
    ]
    names = [f"{file.name} ({file.sha256[:12]})" for file in files]
    return Document(
        title=_("Receipt of an offer"),
        reference=offer.reference,
        subtitle=offer.company.name,
        language=get_language() or "en",
        sections=[
            Section(
                _("What happens next"),
                [
                    Facts(
                        [
                            (_("Submitted"), with_time(offer.submitted_at) + " UTC"),
                            (_("Answer by"), _day(offer.answer_due_on)),
                        ]
                    ),
                    Paragraph(
                        _(
                            "The registry desk reads the offer and passes it to a UN entity that fits. "
                            "While a question to you is open, the clock stands."
                        )
                    ),
                ],
            ),
            Section(_("Your offer"), [Facts(offered), Paragraph(offer.description)]),
            Section(_("Conduct questions"), [Facts(conduct)]),
            Section(_("Documents"), [Items(names) if names else Paragraph(_("None"))]),
        ],
    )


def _day(day) -> str:
    return day_words(day) if day else _("Not stated")


def _yes_no(answer: bool | None) -> str:
    return _("Not stated") if answer is None else _("Yes") if answer else _("No")
