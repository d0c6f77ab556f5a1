"""What stands beside the primary result: sensitivity analyses, all other endpoints, the fixed sequence."""

from collections.abc import Iterator
from typing import Any

from irt.analysis.final.measuring import SCORES
from irt.analysis.final.responding import left_out
from irt.analysis.report.book import Book
from irt.analysis.report.document import Block, Figure, Head, Paragraph, Row, Section, Table
from irt.analysis.report.figures.tipping import Point, tipping
from irt.analysis.report.formats import NONE, digits_for, fixed, p_value, points, whole

WHOLE_TO = 1e-9  # a count that imputation left whole


def sensitivity(book: Book) -> Section:
    """The primary comparison under other assumptions, and the tipping point."""
    say = book.say
    blocks: list[Block] = [Paragraph(say("sensitivity.text", table="{table:sensitivity}")), _analyses(book)]
    grid = book.records("tipping_point")
    tested = [row for row in grid if row["p"] is not None]
    if len(grid) > 1 and tested:
        figure = _tipping(book, tested)
        key = "tipping.text_left_out" if left_out(book.study) else "tipping.text"
        blocks += [Paragraph(say(key, figure="{figure:tipping_figure}")), figure]
    else:
        blocks.append(Paragraph(say("tipping.untested" if len(grid) > 1 else "tipping.none")))
    return Section("sensitivity", say("section.sensitivity"), tuple(blocks))


def secondary(book: Book) -> Section:
    """Every secondary endpoint, the responders of every level, the measures by visit."""
    say = book.say
    text = say(
        "secondary.text", secondary="{table:secondary}", multiplicity="{section:multiplicity}",
        responders="{table:responders}", measures="{table:measures_over_time}",
    )  # fmt: skip
    blocks = (Paragraph(text), _endpoints(book), _responders(book), _measures(book))
    return Section("secondary", say("section.secondary"), blocks)


def exploratory(book: Book) -> Section:
    """What the laboratory entered apart."""
    say = book.say
    text = Paragraph(say("exploratory.text", table="{table:exploratory}"))
    return Section("exploratory", say("section.exploratory"), (text, _explored(book)))


def multiplicity(book: Book) -> Section:
    """The fixed sequence, then all that is nominal."""
    say = book.say
    text = say("multiplicity.text", table="{table:multiplicity}", alpha=f"{book.study.analysis.alpha:g}")
    rows = [
        Row((
            NONE if row["position"] is None else whole(row["position"]),
            say.code("endpoint", row["endpoint"]), say.code("tested", row["tested"]), p_value(row["p"]),
            say.code("yesno", row["significant"]) or NONE,
        ))
        for row in book.records("multiplicity")
    ]  # fmt: skip
    heads = [say(f"head.{one}") for one in ("position", "endpoint", "tested", "p", "significant")]
    return Section(
        "multiplicity", say("section.multiplicity"),
        (Paragraph(text), book.table("multiplicity", heads, rows, first=3)),
    )  # fmt: skip


def _over(book: Book, before: int, each: int, after: int) -> list[Head]:
    """The line of heads above: the arms over `each` columns."""
    return [Head("", before), *(Head(book.arm(arm), each) for arm in book.arms), Head("", after)]


def _analyses(book: Book) -> Table:
    say = book.say
    notes = [say("note.stratified"), say("note.imputed", sets=book.results.facts["imputations"]),
             say("note.difference", **book.both), *book.left_out("note.left_out_but")]  # fmt: skip
    rows = []
    for row in book.records("sensitivity"):
        name = say.code("analysis", row["analysis"])
        cells = [_responded(row[f"{arm}_responders"], row[f"{arm}_n"]) for arm in ("active", "control")]
        rows.append(
            Row(
                (name, *cells, book.difference_ci(row, "estimate"), p_value(row["p"])),
                strong=row["analysis"] == "primary",
            )
        )
        if row["note"]:
            notes.append(f"{name}: {book.remark(row['note'])}")
    heads = [say("head.analysis"), *(f"{arm}\n{say('head.counts')}" for arm in book.arm_heads()),
             say("head.difference", confidence=book.confidence), say("head.p")]  # fmt: skip
    return book.table("sensitivity", heads, rows, notes=notes)


def _responded(count: Any, of: Any) -> str:
    if count is None or not of:
        return NONE
    told = whole(round(count)) if abs(count - round(count)) < WHOLE_TO else fixed(count, 1)
    return f"{told}/{whole(of)} ({fixed(100 * count / of)})"


def _tipping(book: Book, grid: list[dict[str, Any]]) -> Figure:
    say, alpha = book.say, float(book.study.analysis.alpha)
    cells = [
        Point(row["added_active"], row["added_control"], row["p"], p_value(row["p"]).replace("0.", ".", 1))
        for row in grid
    ]  # fmt: skip
    told = f"{alpha:g}"
    drawing = tipping(
        cells, alpha, say("tipping.axis", arm=book.arm(book.active)), say("tipping.axis", arm=book.arm(book.control)),
        (say("tipping.below", alpha=told), say("tipping.above", alpha=told)), "tipping",
    )  # fmt: skip
    return book.figure(
        "tipping_figure", drawing, "tipping_point", active=max(one.active for one in cells),
        control=max(one.control for one in cells), active_arm=book.inline(book.active),
        control_arm=book.inline(book.control), shown=sum(one.p <= alpha for one in cells), all=len(cells), alpha=told,
    )  # fmt: skip


def _endpoints(book: Book) -> Table:
    """Proportions in percent, means as adjusted; the scale of a mean stands in its line."""
    say = book.say
    records = book.records("secondary")
    notes = [*_methods(book, records), say("note.difference_any", **book.both), *book.left_out("note.left_out_shares")]
    rows: list[Row] = []
    for row in records:
        share = row["summary"] == "proportion"
        form, digits = (points, 1) if share else (fixed, 2)
        name = say.code("endpoint", row["endpoint"])
        if row["scale"] not in ("identity", "", None):
            name = f"{name} ({say.code('scale', row['scale'])})"
        values = [cell for arm in ("active", "control")
                  for cell in (whole(row[f"{arm}_n"]), form(row[f"{arm}_value"], digits))]  # fmt: skip
        interval = say.interval(form(row["low"], digits), form(row["high"], digits))
        rows.append(Row((
            name, say.code("model", row["method"]), *values, form(row["difference"], digits), interval,
            fixed(row["degrees"], 1), p_value(row["p"]),
        )))  # fmt: skip
        if row["note"]:
            notes.append(f"{say.code('endpoint', row['endpoint'])}: {book.remark(row['note'])}")
    heads = [say("head.endpoint"), say("head.method"), *[say("head.n"), say("head.value")] * 2,
             say("head.difference_alone"), say("head.ci", confidence=book.confidence), say("head.degrees"),
             say("head.p")]  # fmt: skip
    return book.table("secondary", heads, rows, first=2, over=_over(book, 2, 2, 4), notes=notes)


def _methods(book: Book, records: list[dict[str, Any]]) -> Iterator[str]:
    """What each method in the table is, and what its means are adjusted for."""
    say = book.say
    yield from _models(book, records)
    means = list(dict.fromkeys(row["measure"] for row in records if row["summary"] == "mean"))
    if any(one not in SCORES for one in means):
        yield say("note.baseline_adjusted")
    for one in means:
        if one in SCORES:
            covariates = say.list(say.code("field", field) for field in book.study.analysis.covariates)
            key = "note.scores_adjusted" if covariates else "note.scores_unadjusted"
            yield say(key, measure=say.measured(one), covariates=covariates)


def _models(book: Book, records: list[dict[str, Any]]) -> Iterator[str]:
    yield from (book.say(f"note.{method}") for method in dict.fromkeys(row["method"] for row in records))


def _responders(book: Book) -> Table:
    say = book.say
    records = book.records("responders")
    rows = []
    for endpoint in dict.fromkeys(row["endpoint"] for row in records):
        by_arm = {row["arm"]: row for row in records if row["endpoint"] == endpoint}
        cells = [cell for arm in book.arms for cell in _counted(book, by_arm.get(arm))]
        rows.append(Row((say.code("endpoint", endpoint), *cells)))
    share = say("head.percent_ci", confidence=book.confidence)
    heads = [say("head.endpoint"), *[say("head.responders"), share] * 2]
    return book.table(
        "responders",
        heads,
        rows,
        over=_over(book, 1, 2, 0)[:-1],
        notes=[book.wilson, *book.left_out()],
    )


def _counted(book: Book, row: dict[str, Any] | None) -> tuple[str, str]:
    if row is None or row["percent"] is None:
        return NONE, NONE
    return f"{whole(row['responders'])}/{whole(row['participants'])}", book.percent_ci(row)


def _measures(book: Book) -> Table:
    say = book.say
    records = book.records("measures_over_time")
    rows: list[Row] = []
    for measure in dict.fromkeys(row["measure"] for row in records):
        held = [row for row in records if row["measure"] == measure]
        rows.append(Row((say.measured(measure),)))
        digits = max((digits_for(row["sd"]) for row in held), default=1)
        for visit in dict.fromkeys(row["visit"] for row in held):
            by_arm = {row["arm"]: row for row in held if row["visit"] == visit}
            cells = [cell for arm in book.arms for cell in _mean(book, by_arm.get(arm, {}), digits)]
            rows.append(Row((say.code("visit", visit), *cells), indent=1))
    heads = [
        say("head.measure"),
        *[say("head.n"), say("head.mean_sd"), say("head.mean_ci", confidence=book.confidence)] * 2,
    ]
    return book.table(
        "measures_over_time", heads, rows, over=_over(book, 1, 3, 0)[:-1],
        notes=[say("note.measures", confidence=book.confidence)],
    )  # fmt: skip


def _mean(book: Book, row: dict[str, Any], digits: int) -> Iterator[str]:
    yield whole(row.get("n", 0))
    if row.get("mean") is None:
        yield from (NONE, NONE)
        return
    yield f"{fixed(row['mean'], digits)} ({fixed(row['sd'], digits)})"
    yield book.say.interval(fixed(row["low"], digits), fixed(row["high"], digits))


def _explored(book: Book) -> Table:
    say = book.say
    records = book.records("exploratory")
    notes = [say("note.explored", **book.both), *_models(book, records), say("note.adjusted")]
    rows: list[Row] = []
    measure = ""
    for row in records:
        if row["measure"] != measure:
            measure = row["measure"]
            rows.append(Row((say.measured(measure),)))
        interval = say.interval(fixed(row["low"], 2), fixed(row["high"], 2))
        means = [cell for arm in ("active", "control")
                 for cell in (whole(row[f"{arm}_n"]), fixed(row[f"{arm}_mean"], 2))]  # fmt: skip
        rows.append(Row((
            say.code("visit", row["visit"]), say.code("model", row["method"]), *means, fixed(row["ratio"], 2), interval,
            p_value(row["p"]), p_value(row["p_adjusted"]),
        ), indent=1))  # fmt: skip
        if row["note"]:
            notes.append(f"{say.measured(measure)}, {say.code('visit', row['visit'])}: {book.remark(row['note'])}")
    heads = [say("head.measure"), say("head.method"), *[say("head.n"), say("head.log_mean")] * 2, say("head.ratio"),
             say("head.ci", confidence=book.confidence), say("head.p"), say("head.p_adjusted")]  # fmt: skip
    return book.table("exploratory", heads, rows, first=2, over=_over(book, 2, 2, 4), notes=notes)
