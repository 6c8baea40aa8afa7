"""Names compared: analysis, index, score, explanation. Pure code: no database, no settings."""

from screening.names.analysis import AnalysedName, analyse
from screening.names.index import Index
from screening.names.matching import Listed, Match, Subject, compare, compare_many, compare_pairs, warm
from screening.names.scorer import MATCHER_VERSION, scorer

__all__ = [
    "MATCHER_VERSION",
    "AnalysedName",
    "Index",
    "Listed",
    "Match",
    "Subject",
    "analyse",
    "compare",
    "compare_many",
    "compare_pairs",
    "scorer",
    "warm",
]
