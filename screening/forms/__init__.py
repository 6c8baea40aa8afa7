from screening.forms.cases import (
    CaseRequestForm,
    ConditionForm,
    DecisionForm,
    HitDecisionForm,
    ReasonForm,
    RecommendForm,
)
from screening.forms.lists import ListUploadForm

__all__ = [
    "CaseRequestForm",
    "ConditionForm",
    "DecisionForm",
    "HitDecisionForm",
    "ListUploadForm",
    "ReasonForm",
    "RecommendForm",
]
