"""Shape of what is typed about a record: one form a step, with rows where a step holds several of a kind."""

from partnerships.forms.partnerships.agreement import AgreementForm, PublicationForm
from partnerships.forms.partnerships.answers import answers, row_answer
from partnerships.forms.partnerships.base import (
    PlainForm,
    ReasonForm,
    RecordForm,
    RowForm,
    Rows,
    rows_formset,
    short,
    text,
)
from partnerships.forms.partnerships.checks import CharacteristicsForm, RegistrationForm, TransformationalForm
from partnerships.forms.partnerships.parties import GoalsForm, PartiesForm, PlacesForm
from partnerships.forms.partnerships.resources import BalanceForm, ContributionsForm
from partnerships.forms.partnerships.results import (
    ClosingForm,
    EvaluationForm,
    ResultsForm,
    SustainabilityForm,
)
from partnerships.forms.partnerships.story import (
    DetailsForm,
    IdentityForm,
    NewForm,
    RelationsForm,
    StoryForm,
)

STEPS: dict[str, type[RecordForm]] = {
    "identity": IdentityForm,
    "story": StoryForm,
    "details": DetailsForm,
    "parties": PartiesForm,
    "places": PlacesForm,
    "goals": GoalsForm,
    "related": RelationsForm,
    "contributions": ContributionsForm,
    "benefits": BalanceForm,
    "results": ResultsForm,
    "evaluation": EvaluationForm,
    "lasting": SustainabilityForm,
    "characteristics": CharacteristicsForm,
    "transformational": TransformationalForm,
    "registration": RegistrationForm,
    "agreement": AgreementForm,
    "publication": PublicationForm,
    "closing": ClosingForm,
}

__all__ = [
    "STEPS",
    "NewForm",
    "PlainForm",
    "ReasonForm",
    "RecordForm",
    "RowForm",
    "Rows",
    "answers",
    "row_answer",
    "rows_formset",
    "short",
    "text",
]
