"""What a run says of itself: tests per database, browser journeys, skipped, minutes; and when that fails the run."""

import time
from collections import Counter

import pytest

from tests.databases import DIALECTS

SKIPPED = ("skipped", "xfailed", "xpassed")


def shortcomings(counts: Counter[str], whole: bool) -> list[str]:
    """Why a run whose tests all passed must fail all the same; a part of the suite need not cover everything.

    `counts` holds "sqlite", "postgresql", "journey" and "skipped"; an expected failure counts as skipped.
    """
    found = []
    if counts["skipped"]:
        found.append(f"{counts['skipped']} skipped: a test that does not run proves nothing")
    if whole and counts["sqlite"] != counts["postgresql"]:
        found.append(f"{counts['sqlite']} tests on SQLite and {counts['postgresql']} on PostgreSQL: must be equal")
    found.extend(f"no test counted as {name}" for name in (*DIALECTS, "journey") if whole and not counts[name])
    return found


class Summary:
    """Counts every test's report, prints the account at the end, and fails the run if it falls short."""

    def __init__(self, config: pytest.Config) -> None:
        self.counts: Counter[str] = Counter()
        self.started = time.monotonic()
        option = config.option
        self.whole = (
            config.args_source is not pytest.Config.ArgsSource.ARGS
            and not (option.keyword or option.markexpr or option.collectonly or option.deselect)
            and not getattr(option, "lf", False)
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.outcome == "skipped" or hasattr(report, "wasxfail"):
            self.counts["skipped"] += 1
        elif report.when == "call":
            noted = dict(report.user_properties)
            self.counts[str(noted.get("dialect", "neither"))] += 1
            self.counts["journey"] += "journey" in noted

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.counts["skipped"] += report.outcome == "skipped"

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.OK and shortcomings(self.counts, self.whole):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        out, counts = terminalreporter, self.counts
        out.ensure_newline()
        for reason in shortcomings(counts, self.whole):
            out.write_line(f"this run fails: {reason}", red=True)
        per_dialect = ", ".join(f"{name} {counts[name]}" for name in DIALECTS)
        out.write_line(f"tests per database: {per_dialect}; neither: {counts['neither']}")
        out.write_line(f"browser journeys: {counts['journey']}")
        out.write_line(f"skipped: {counts['skipped']}")
        out.write_line(f"minutes: {(time.monotonic() - self.started) / 60:.1f}")
