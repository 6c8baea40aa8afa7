from screening.forms.cases import (
    CaseRequestForm,
    ConditionForm,
    ConditionMetForm,
    DecisionForm,
    HitDecisionForm,
    PassOnForm,
    ReasonForm,
    RecommendForm,
    RemarkForm,
)
from screening.forms.lists import ListUploadForm

__all__ = [
    "CaseRequestForm",
    "ConditionForm",
    "ConditionMetForm",
    "DecisionForm",
    "HitDecisionForm",
    "ListUploadForm",
    "PassOnForm",
    "ReasonForm",
    "RecommendForm",
    "RemarkForm",
]
