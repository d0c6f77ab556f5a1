"""Every text and every code of the report in both languages, as pairs (English, Simplified Chinese)."""

from irt.analysis.report.words.codes import CODES
from irt.analysis.report.words.columns import COLUMNS
from irt.analysis.report.words.efficacy import EFFICACY
from irt.analysis.report.words.front import FRONT
from irt.analysis.report.words.safety import SAFETY
from irt.analysis.report.words.trust import TRUST

__all__ = ["CODES", "TEXTS", "Pair"]

Pair = tuple[str, str]
PARTS: tuple[dict[str, Pair], ...] = (FRONT, EFFICACY, SAFETY, TRUST)
TEXTS: dict[str, Pair] = {key: pair for part in PARTS for key, pair in part.items()}
assert len(TEXTS) == sum(map(len, PARTS)), "a key of a text stands in one part alone"
CODES["column"] = COLUMNS
