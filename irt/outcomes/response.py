"""Responses to treatment: pure, exact, never a binary float. One place to import them from."""

from irt.outcomes.definition_of_improvement import DefinitionOfImprovement, definition_of_improvement
from irt.outcomes.measures import ENZYMES, MEASURES
from irt.outcomes.primary import PRECEDENCE, Intercurrent, PrimaryOutcome, primary_responder
from irt.outcomes.total_improvement import ENZYME_RANGES, TotalImprovement, total_improvement
from irt.outcomes.values import Mistake, WrongValuesError

__all__ = [
    "ENZYMES",
    "ENZYME_RANGES",
    "MEASURES",
    "PRECEDENCE",
    "DefinitionOfImprovement",
    "Intercurrent",
    "Mistake",
    "PrimaryOutcome",
    "TotalImprovement",
    "WrongValuesError",
    "definition_of_improvement",
    "primary_responder",
    "total_improvement",
]
