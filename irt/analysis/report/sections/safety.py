"""Harm by arm as treated: overview, by term, by grade, serious and of special interest, rates, the laboratory."""

from collections.abc import Iterator, Sequence
from typing import Any

from irt.analysis.report.book import Book
from irt.analysis.report.document import Block, Figure, Head, Paragraph, Row, Section, Table
from irt.analysis.report.figures.dots import Term, dots
from irt.analysis.report.formats import counted, fixed, whole
from irt.analysis.results import Cell
from irt.safety.grading import GRADES

PLANNED, WHOLE = "week_24", "emergent"
MOST_TERMS = 30  # the drawing shows the most frequent ones, the table all
TERMS = ("serious", "special_interest")


def safety(book: Book) -> Section:
    """The whole section."""
    say = book.say
    overview: list[Block] = [
        Paragraph(say("safety.text", summary="{table:adverse_events_summary}", grades="{table:adverse_events_by_grade}",
                      week=_last(book), days=book.study.safety.emergent_days_after_last_dose)),
        _summary(book), _grades(book),
    ]  # fmt: skip
    figure = _dots(book)
    terms: list[Block] = [
        Paragraph(say("terms.text" if figure else "terms.text_alone", table="{table:adverse_events_by_term}",
                      figure="{figure:dots}", week=_last(book), **book.both)),
        _terms(book), *([figure] if figure else []),
    ]  # fmt: skip
    within = [
        Section("safety_overview", say("section.safety_overview"), tuple(overview)),
        Section("terms", say("section.terms"), tuple(terms)),
        _special(book),
    ]
    for name, section in (("exposure_adjusted", _rates), ("laboratory_shifts", _laboratory)):
        if book.has(name):
            within.append(section(book))
    return Section("safety", say("section.safety"), (), tuple(within))


def treated(book: Book) -> dict[str, Cell]:
    """How many were treated, by arm as treated."""
    return {arm: book.one("populations", set="safety", arm=arm).get("participants") for arm in book.arms}


def _last(book: Book) -> str:
    return book.say.code("visit", book.study.last_visit.id)


def _up_to(book: Book) -> str:
    """That a table counts onsets up to the last visit."""
    return book.say("note.up_to", week=_last(book), day=book.study.last_visit.day)


def _over(book: Book, each: int, before: int = 1, after: int = 0) -> list[Head]:
    counts = treated(book)
    heads = [Head("", before)]
    heads += [Head(f"{book.arm(arm)}\n(n = {whole(counts[arm])})", each) for arm in book.arms]
    return [*heads, Head("", after)] if after else heads


def _summary(book: Book) -> Table:
    say = book.say
    rows: list[Row] = []
    for period in (PLANNED, WHOLE):
        records = book.records("adverse_events_summary", period=period)
        rows.append(Row((say(f"period.{period}", week=_last(book)),)))
        for category in dict.fromkeys(row["category"] for row in records):
            cells = _pairs(book, [row for row in records if row["category"] == category])
            rows.append(Row((say.code("category", category), *cells), indent=1))
    heads = [say("head.category"), *[say("head.participants"), say("head.events")] * 2]
    return book.table("adverse_events_summary", heads, rows, over=_over(book, 2))


def _pairs(book: Book, records: Sequence[dict[str, Any]]) -> Iterator[str]:
    """For each arm participants with percent, and events."""
    by_arm = {row["arm"]: row for row in records}
    for arm in book.arms:
        row = by_arm.get(arm, {})
        yield counted(row.get("participants"), row.get("n"))
        yield whole(row.get("events"))


def _grades(book: Book) -> Table:
    say = book.say
    rows = [
        Row((whole(grade), *(
            counted(row.get("participants"), row.get("n"))
            for row in (book.one("adverse_events_by_grade", grade=grade, arm=arm) for arm in book.arms)
        )))
        for grade in dict.fromkeys(row["grade"] for row in book.records("adverse_events_by_grade"))
    ]  # fmt: skip
    heads = [say("head.grade"), *book.arm_heads(treated(book))]
    return book.table("adverse_events_by_grade", heads, rows, notes=[_up_to(book)])


def _grouped(book: Book, records: Sequence[dict[str, Any]]) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    """Classes and terms in their order: the name, how far it is within, the rows of both arms."""
    held: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in records:
        held.setdefault((row["soc"], row["pt"]), []).append(row)
    for (soc, term), rows in held.items():
        if not soc and not term:
            yield book.say("terms.any"), 0, rows
        elif not term:
            yield book.class_named(soc), 0, rows
        else:
            yield book.term_named(term), 1, rows


def _terms(book: Book) -> Table:
    say = book.say
    rows = []
    for name, indent, held in _grouped(book, book.records("adverse_events_by_term")):
        by_arm = {row["arm"]: row for row in held}
        cells = []
        for arm in book.arms:
            row = by_arm.get(arm, {})
            severe = sum(row.get(f"grade_{grade}") or 0 for grade in GRADES if grade >= 3)
            cells += [counted(row.get("participants"), row.get("n")), whole(row.get("events")), whole(severe)]
        cells.append(book.difference_ci(by_arm.get(book.active, {"difference": None})))
        rows.append(Row((name, *cells), indent=indent, strong=not indent))
    heads = [say("head.term"), *[say("head.participants"), say("head.events"), say("head.severe")] * 2,
             say("head.difference", confidence=book.confidence)]  # fmt: skip
    notes = [
        _up_to(book),
        say("note.terms"),
        say("note.newcombe", **book.both),
    ]
    return book.table("adverse_events_by_term", heads, rows, over=_over(book, 3, after=1), notes=notes)


def _dots(book: Book) -> Figure | None:
    say = book.say
    terms = []
    for name, indent, held in _grouped(book, book.records("adverse_events_by_term")):
        by_arm = {row["arm"]: row for row in held}
        if indent and set(by_arm) >= set(book.arms):
            active, control = by_arm[book.active], by_arm[book.control]
            edges = [None if active[key] is None else 100 * active[key] for key in ("difference", "low", "high")]
            terms.append(Term(name, (active["percent"] or 0.0, control["percent"] or 0.0), *edges))
    if not terms:
        return None
    terms.sort(key=lambda one: (-(one.difference or 0.0), -sum(one.percents), one.name))
    known = len(terms)
    if known > MOST_TERMS:
        often = set(sorted(terms, key=lambda one: (-max(one.percents), one.name))[:MOST_TERMS])
        terms = [one for one in terms if one in often]
    arms = [book.arm(arm) for arm in book.arms]
    drawing = dots(terms, arms, say("axis.percent"), say("axis.difference", confidence=book.confidence), "dots")
    note = "note.dots" if len(terms) == known else "note.dots_cut"
    return book.figure("dots", drawing, "adverse_events_by_term", number=len(terms), confidence=book.confidence,
                       notes=[say(note, number=len(terms), all=known), _up_to(book)])  # fmt: skip


def _special(book: Book) -> Section:
    say = book.say
    there = [name for name in TERMS if book.has(name)]
    tables = []
    for name in there:
        rows = [
            Row((term, *_pairs(book, held)), indent=indent, strong=not indent)
            for term, indent, held in _grouped(book, book.records(name))
        ]
        heads = [say("head.term"), *[say("head.participants"), say("head.events")] * 2]
        notes = [say("note.emergent", week=_last(book))]
        tables.append(book.table(name, heads, rows, over=_over(book, 2), notes=notes))
    text = say("special.text", tables=say.list(f"{{table:{name}}}" for name in there))
    if book.has("serious_events"):
        text += say("special.listed", table="{table:serious_events}")
    return Section("serious", say("section.serious"), (Paragraph(text), *tables))


def _rates(book: Book) -> Section:
    say = book.say
    rows = []
    years: dict[str, Cell] = {}
    for name, indent, held in _grouped(book, book.records("exposure_adjusted")):
        by_arm = {row["arm"]: row for row in held}
        cells = []
        for arm in book.arms:
            row = by_arm.get(arm, {})
            years[arm] = row.get("years")
            told = say.interval(fixed(row.get("low")), fixed(row.get("high")))
            cells += [whole(row.get("events")), fixed(row.get("rate")), told]
        rows.append(Row((name, *cells), indent=indent, strong=not indent))
    heads = [say("head.term"), *[say("head.events"), say("head.rate"), say("head.ci", confidence=book.confidence)] * 2]
    over = [
        Head(""),
        *(Head(say("head.arm_years", arm=book.arm(arm), years=fixed(years.get(arm))), 3) for arm in book.arms),
    ]
    table = book.table(
        "exposure_adjusted",
        heads,
        rows,
        over=over,
        notes=[say("note.rates", days=book.study.safety.emergent_days_after_last_dose)],
    )
    text = Paragraph(say("rates.text", table="{table:exposure_adjusted}"))
    return Section("rates", say("section.rates"), (text, table))


def _laboratory(book: Book) -> Section:
    """For each analyte and arm: from where it stood before to where the highest stood after."""
    say = book.say
    records = book.records("laboratory_shifts")
    states = list(dict.fromkeys(row["before"] for row in records))
    rows: list[Row] = []
    for analyte in dict.fromkeys(row["analyte"] for row in records):
        rows.append(Row((say.code("analyte", analyte),)))
        held = {
            (row["arm"], row["before"], row["after"]): row["participants"]
            for row in records
            if row["analyte"] == analyte
        }
        for before in states:
            counts = [held.get((arm, before, after), 0) for arm in book.arms for after in states]
            if any(counts):
                rows.append(Row((say("shift.before", state=say.code("shift", before)), *map(whole, counts)), indent=1))
    heads = [say("head.before_after"), *[say.code("shift", after) for after in states] * 2]
    table = book.table("laboratory_shifts", heads, rows, over=_over(book, len(states)), notes=[say("note.shifts")])
    text = Paragraph(say("laboratory.text", table="{table:laboratory_shifts}"))
    return Section("laboratory", say("section.laboratory"), (text, table))
