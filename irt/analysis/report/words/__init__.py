"""Every text and every code of the report in both languages, as pairs (English, Simplified Chinese)."""

from irt.analysis.report.words.codes import CODES
from irt.analysis.report.words.columns import COLUMNS
from irt.analysis.report.words.efficacy import EFFICACY
from irt.analysis.report.words.front import FRONT
from irt.analysis.report.words.safety import SAFETY
from irt.analysis.report.words.trust import TRUST

__all__ = ["CODES", "TEXTS", "Pair"]

Pair = tuple[str, str]
TEXTS: dict[str, Pair] = {**FRONT, **EFFICACY, **SAFETY, **TRUST}
CODES["column"] = COLUMNS
