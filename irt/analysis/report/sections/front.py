"""The synopsis: the primary result in one sentence with its numbers, and the trial in a few lines."""

from typing import Any

from irt.analysis.report.book import Book
from irt.analysis.report.document import Section, Synopsis
from irt.analysis.report.formats import fixed, points, said_p, whole

ALL = "all"


def synopsis(book: Book) -> Section:
    """The box at the beginning."""
    say = book.say
    facts = [("design", _design(book)), ("participants", _participants(book)), *_result(book), *_sequence(book),
             ("safety", _safety(book))]  # fmt: skip
    box = Synopsis(_sentence(book), tuple((say(f"synopsis.{name}"), text) for name, text in facts if text))
    return Section("synopsis", say("section.synopsis"), (box,))


def _arms(book: Book) -> tuple[dict[str, Any], dict[str, Any]]:
    return book.one("primary_arms", arm=book.active), book.one("primary_arms", arm=book.control)


def _sentence(book: Book) -> str:
    say = book.say
    active, control = _arms(book)
    difference = book.one("primary", method="mantel_haenszel_risk_difference")
    test = book.one("primary", method="cochran_mantel_haenszel")
    if difference.get("estimate") is None or not active or not control:
        return say("synopsis.none")
    return say(
        "synopsis.sentence", endpoint=book.endpoint, active_percent=fixed(active["percent"]),
        control_percent=fixed(control["percent"]), difference=points(difference["estimate"]),
        confidence=book.confidence, interval=_interval(book, difference), p=_p(book, test.get("p")), **book.both,
    )  # fmt: skip


def _of(book: Book, count: Any, n: Any, percent: Any) -> str:
    return book.say("synopsis.of", count=whole(count), n=whole(n), percent=fixed(percent))


def _interval(book: Book, row: dict[str, Any]) -> str:
    return book.say.interval(points(row["low"]), points(row["high"]))


def _design(book: Book) -> str:
    say, study = book.say, book.study
    dosing = study.dosing
    return say(
        "synopsis.design_text", ratio=":".join(map(str, study.ratio)), sites=len(study.sites), doses=dosing.doses,
        dose=f"{dosing.dose:,}", unit=dosing.unit, route=say.of((dosing.route.en, dosing.route.zh)),
        weeks=dosing.masked_weeks,
    )  # fmt: skip


def _participants(book: Book) -> str:
    counts = book.randomized()
    screened = book.one("disposition", step="screened").get("participants")
    total = book.one("populations", set="randomized", arm=ALL).get("participants")
    key = "synopsis.participants_text" if screened is not None else "synopsis.randomized_text"
    return book.say(
        key, screened=whole(screened), randomized=whole(total), active=book.inline(book.active),
        active_n=whole(counts[book.active]), control=book.inline(book.control), control_n=whole(counts[book.control]),
    )  # fmt: skip


def _result(book: Book) -> list[tuple[str, str]]:
    say = book.say
    active, control = _arms(book)
    if not active or not control:
        return []
    difference = book.one("primary", method="mantel_haenszel_risk_difference")
    tests = {name: book.one("primary", method=name) for name in ("cochran_mantel_haenszel", "rerandomization_test")}
    redrawn = tests["rerandomization_test"]
    margin = "" if redrawn.get("margin") is None else f"±{fixed(redrawn['margin'], 4)}"
    counted = {
        side: _of(book, row["responders"], row["participants"], row["percent"])
        for side, row in (("active", active), ("control", control))
    }
    found = [(
        "responders",
        say("synopsis.responders_text", active=book.arm(book.active), active_counted=counted["active"],
            control=book.arm(book.control), control_counted=counted["control"]),
    )]  # fmt: skip
    if difference.get("estimate") is not None:
        told = say("synopsis.difference_text", difference=points(difference["estimate"]), confidence=book.confidence,
                   interval=_interval(book, difference))  # fmt: skip
        found.append(("difference", told))
    found.append(("tests", say(
        "synopsis.tests_text", cmh=_p(book, tests["cochran_mantel_haenszel"].get("p")),
        rerandomization=_p(book, redrawn.get("p")) + margin,
    )))  # fmt: skip
    return found


def _p(book: Book, p: Any) -> str:
    return book.say("synopsis.no_p") if p is None else f"p{said_p(p)}"


def _sequence(book: Book) -> list[tuple[str, str]]:
    rows = [row for row in book.records("multiplicity") if row["position"] is not None]
    if not rows:
        return []
    shown = sum(row["significant"] == "Y" for row in rows)
    return [("sequence", book.say("synopsis.sequence_text", shown=shown, all=len(rows)))]


def _safety(book: Book) -> str:
    """How many had any adverse event and a serious one, of the treatment-emergent ones."""
    say = book.say
    told = []
    for category in ("any", "serious"):
        sides = []
        for arm in book.arms:
            row = book.one("adverse_events_summary", period="emergent", category=category, arm=arm)
            if row.get("percent") is None:
                return ""
            counted = _of(book, row["participants"], row["n"], row["percent"])
            sides.append(say("synopsis.side", arm=book.inline(arm), counted=counted))
        told.append(say(f"synopsis.safety_{category}", sides=say.of(("; ", "；")).join(sides)))
    return "\n".join(told)
