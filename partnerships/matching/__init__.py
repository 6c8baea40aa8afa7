"""How offers and needs fit: gates that are yes or no, then a sum of parts that anybody can redo.

Pure: facts in, matches out, no database. One side is always a whole board held in numpy columns, so that
one offer against tens of thousands of needs is a few vector operations; the same columns serve both
directions, so a pair scores the same from either side. Company size and money give no points; of equals
the oldest comes first.

Source: `matching` of the registry's field list, version 1.0; A/66/320, para. 53 (better filtering of offers).
"""

from partnerships.matching.board import (
    COUNTRY_GLOBAL,
    COUNTRY_SAME,
    COUNTRY_SUBREGION,
    PARTS,
    WEIGHTS_VERSION,
    Board,
    all_targets,
    fold_unit,
    need_window,
    rank_needs,
    rank_offers,
    subregions,
)
from partnerships.matching.entities import rank_entities
from partnerships.matching.facts import (
    GATES,
    EntityFacts,
    EntityMatch,
    Match,
    NeedFacts,
    OfferFacts,
    Part,
    Reason,
)
from partnerships.matching.reasons import reasons
from partnerships.matching.words import Wording, fold, guess_language, terms

__all__ = [
    "COUNTRY_GLOBAL",
    "COUNTRY_SAME",
    "COUNTRY_SUBREGION",
    "GATES",
    "PARTS",
    "WEIGHTS_VERSION",
    "Board",
    "EntityFacts",
    "EntityMatch",
    "Match",
    "NeedFacts",
    "OfferFacts",
    "Part",
    "Reason",
    "Wording",
    "all_targets",
    "fold",
    "fold_unit",
    "guess_language",
    "need_window",
    "rank_entities",
    "rank_needs",
    "rank_offers",
    "reasons",
    "subregions",
    "terms",
]
