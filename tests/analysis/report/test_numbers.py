"""The numbers of a report are those of its files of results: HTML, PDF and CSV say the same."""

from functools import lru_cache

import pytest

from irt.analysis.report.speaking import Language
from tests.analysis.report.markup import Markup
from tests.analysis.report.written import LANGUAGES, bare, csv_rows, report
from tests.paper.reading import second_reading, texts

TO = {"en": "to", "zh": "至"}


def written(value: str, digits: int = 1, scale: float = 1.0) -> str:
    """A cell of a file as a reader rounds it, by means of its own."""
    return f"{float(value) * scale:.{digits}f}".replace("-", "−")


@lru_cache
def readings(language: Language) -> tuple[str, str, str]:
    """The text of the HTML, and that of the PDF as two readers get it out."""
    page, print_ = report(language).html, report(language).pdf
    return bare(Markup(page).text), "".join(texts(print_)), second_reading(print_)


def everywhere(language: Language, told: str) -> None:
    """Assert that a text stands in all of them."""
    assert [place for place, text in enumerate(readings(language)) if bare(told) not in text] == [], told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_primary_result(language) -> None:
    rows = {row["method"]: row for row in csv_rows("primary")}
    difference = rows["mantel_haenszel_risk_difference"]
    low, high = (written(difference[side], scale=100) for side in ("low", "high"))
    everywhere(language, f"{written(difference['estimate'], scale=100)}{low}{TO[language]}{high}")
    everywhere(language, f"p={written(rows['cochran_mantel_haenszel']['p'], 3)}")
    redrawn = rows["rerandomization_test"]
    everywhere(language, f"p={written(redrawn['p'], 3)}±{written(redrawn['margin'], 4)}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_responders_by_arm(language) -> None:
    rows = csv_rows("primary_arms")
    assert len(rows) == 2
    for row in rows:
        opened, closed = ("(", ")") if language == "en" else ("（", "）")
        interval = f"{opened}{written(row['low'])}{TO[language]}{written(row['high'])}{closed}"
        everywhere(language, f"{row['participants']}{row['responders']}{written(row['percent'])}{interval}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_adverse_event_by_term(language) -> None:
    rows = csv_rows("adverse_events_by_term")
    grouped: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        grouped.setdefault((row["soc"], row["pt"]), []).append(row)
    assert len(grouped) > 10
    for active, control in grouped.values():
        cells = "".join(
            f"{row['participants']}({written(row['percent'])}){row['events']}"
            f"{sum(int(row[f'grade_{grade}']) for grade in (3, 4, 5))}"
            for row in (active, control)
        )
        everywhere(language, cells + written(active["difference"], scale=100))


@pytest.mark.parametrize("language", LANGUAGES)
def test_baseline_means(language) -> None:
    for row in csv_rows("baseline_characteristics"):
        if row["variable"] == "age":
            everywhere(language, f"{written(row['mean'])}({written(row['sd'])})")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fixed_sequence(language) -> None:
    rows = [row for row in csv_rows("multiplicity") if row["position"]]
    assert len(rows) == 7
    for row in rows:
        p = float(row["p"])
        everywhere(language, "<0.001" if p < 0.001 else f"{p:.3f}")
