"""Slugs and their plain words: what a reviewer reads. English here.

Pages translate the sentence of a slug.
"""

from __future__ import annotations

from screening.lists.model import gettext_noop

RELATIONS = {
    "same": gettext_noop("same word"),
    "joined": gettext_noop("same, written together or apart"),
    "known_variant": gettext_noop("known form of the same name"),
    "same_meaning": gettext_noop("same meaning"),
    "same_number": gettext_noop("same number"),
    "other_script": gettext_noop("same consonants in another script"),
    "same_sound": gettext_noop("sounds the same"),
    "same_root": gettext_noop("same root"),
    "one_letter": gettext_noop("one letter differs"),
    "some_letters": gettext_noop("a few letters differ"),
    "initial": gettext_noop("initial"),
    "abbreviation": gettext_noop("short form"),
    "acronym": gettext_noop("initials of the words"),
    "missing": gettext_noop("no counterpart"),
    "legal_form": gettext_noop("legal form"),
    "left_out": gettext_noop("title or small word, not counted"),
}

FACTS = {
    "agrees": gettext_noop("agrees"),
    "differs": gettext_noop("differs"),
    "cannot_tell": gettext_noop("cannot tell"),
}

FIELDS = {
    "identifier": gettext_noop("Identifier"),
    "date": gettext_noop("Date of birth or incorporation"),
    "country": gettext_noop("Country"),
}

PARTS = {
    "start": gettext_noop("Any two names"),
    "met": gettext_noop("Words that met, by their rarity"),
    "left": gettext_noop("Words without a counterpart"),
    "spelling": gettext_noop("Spelling of the whole name"),
    "form": gettext_noop("Legal form"),
    "number": gettext_noop("Numbers"),
    "script": gettext_noop("Script and length"),
    "identifier": gettext_noop("Identifiers"),
    "date": gettext_noop("Dates"),
    "country": gettext_noop("Countries"),
    "weak_name": gettext_noop("Only a weak alias on the list"),
    "initials": gettext_noop("Only three initials meet"),
    "rarity": gettext_noop("How rare the name is"),
}

BANDS = {
    "identifier": gettext_noop("Equal identifier"),
    "same": gettext_noop("Same or nearly the same name, facts agree or are absent"),
    "close": gettext_noop("Close literal or phonetic name, facts agree or are absent"),
    "conflict": gettext_noop("Close name, but facts differ"),
    "weak": gettext_noop("Resembles a weak alias only"),
    "partial": gettext_noop("Partly alike, facts agree or are absent"),
    "unlike": gettext_noop("Not alike enough to review"),
}
