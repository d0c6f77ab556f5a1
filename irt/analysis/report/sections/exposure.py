"""How treatment went: doses and weeks, adherence, holds and stops, by arm as treated."""

from typing import Any

from irt.analysis.report.book import Book
from irt.analysis.report.document import Block, Figure, Head, Paragraph, Row, Section, Table
from irt.analysis.report.figures.adherence import adherence
from irt.analysis.report.formats import NONE, counted, digits_for, fixed, whole
from irt.analysis.report.sections.safety import treated


def exposure(book: Book) -> Section:
    """The whole section."""
    say = book.say
    figure = _drawn(book)
    text = say(
        "exposure.text" if figure else "exposure.text_alone", exposure="{table:exposure}",
        summary="{table:adherence_summary}", figure="{figure:adherence_figure}",
    )  # fmt: skip
    blocks: list[Block] = [Paragraph(text), _described(book, "exposure"), _described(book, "adherence_summary")]
    if figure:
        blocks.append(figure)
    there = [name for name in ("holds", "stops") if book.has(name)]
    if there:
        blocks.append(Paragraph(say("exposure.ended", tables=say.list(f"{{table:{name}}}" for name in there))))
        blocks += [_reasons(book, name) for name in there]
    return Section("exposure", say("section.exposure"), tuple(blocks))


def _described(book: Book, name: str) -> Table:
    """Mean, median and range of each variable by arm; of adherence how many were below what is adequate too."""
    say = book.say
    rows: list[Row] = []
    for variable in dict.fromkeys(row["variable"] for row in book.records(name)):
        held = {row["arm"]: row for row in book.records(name, variable=variable)}
        digits = max((digits_for(row["sd"]) for row in held.values()), default=1)
        arms = [held.get(arm, {}) for arm in book.arms]
        label = say.code("course", variable)
        lines = [
            ("baseline.n", [whole(row.get("n")) for row in arms]),
            ("baseline.mean", [_spread(row, digits) for row in arms]),
            ("baseline.median", [_quartiles(book, row, digits) for row in arms]),
            ("baseline.range", [_range(book, row, digits) for row in arms]),
        ]
        for place, (key, cells) in enumerate(lines):
            rows.append(Row((label if place == 0 else "", say(key), *cells)))
        if any("below" in row for row in arms):
            least = f"{100 * float(book.study.dosing.adequate_adherence):g}"
            below = [counted(row.get("below"), row.get("n")) for row in arms]
            rows.append(Row(("", say("adherence.below", least=least), *below)))
    heads = [say("head.variable"), say("head.statistics"), *book.arm_heads(treated(book))]
    return book.table(name, heads, rows, first=2)


def _spread(row: dict[str, Any], digits: int) -> str:
    return NONE if row.get("mean") is None else f"{fixed(row['mean'], digits)} ({fixed(row['sd'], digits)})"


def _quartiles(book: Book, row: dict[str, Any], digits: int) -> str:
    if row.get("median") is None:
        return NONE
    return f"{fixed(row['median'], digits)} [{book.say.interval(fixed(row['q1'], digits), fixed(row['q3'], digits))}]"


def _range(book: Book, row: dict[str, Any], digits: int) -> str:
    if row.get("minimum") is None:
        return NONE
    return book.say.interval(fixed(row["minimum"], digits), fixed(row["maximum"], digits))


def _drawn(book: Book) -> Figure | None:
    say = book.say
    records = book.records("adherence")
    arms = {
        book.arm(arm): [row["adherence_diary"] for row in records
                        if row["arm"] == arm and row["adherence_diary"] is not None]
        for arm in book.arms
    }  # fmt: skip
    if not all(arms.values()):
        return None
    least = 100 * float(book.study.dosing.adequate_adherence)
    told = f"{least:g}%"
    drawing = adherence(arms, least, say("axis.adherence"), say("axis.least", least=told), "adherence")
    return book.figure("adherence_figure", drawing, "adherence", notes=[say("note.adherence")], least=told,
                       number=sum(map(len, arms.values())))  # fmt: skip


def _reasons(book: Book, name: str) -> Table:
    say = book.say
    records = book.records(name)
    kind = {"holds": "hold_reason", "stops": "stop_reason"}[name]
    columns = ("participants", "holds", "days") if name == "holds" else ("participants",)
    rows = []
    for reason in dict.fromkeys(row["reason"] for row in records):
        held = {row["arm"]: row for row in records if row["reason"] == reason}
        cells = [whole(held.get(arm, {}).get(column)) for arm in book.arms for column in columns]
        rows.append(Row((say.code(kind, reason), *cells)))
    if len(columns) == 1:
        return book.table(name, [say("head.why"), *book.arm_heads(treated(book))], rows)
    heads = [say("head.why"), *[say("head.participants_alone"), say("head.holds"), say("head.days")] * 2]
    return book.table(name, heads, rows, over=[Head(""), *(Head(book.arm(arm), len(columns)) for arm in book.arms)])
