"""The primary outcome: the estimand, the result with every planned test, by stratum and site, the score over time."""

from collections.abc import Iterator
from typing import Any

from irt.analysis.report.book import Book
from irt.analysis.report.document import Block, Figure, Paragraph, Row, Section, Table
from irt.analysis.report.figures.bars import Bar, bars
from irt.analysis.report.figures.course import Seen, course
from irt.analysis.report.figures.forest import Line, Words, forest
from irt.analysis.report.formats import NONE, fixed, p_value, points, said_p, whole

PROPORTIONS = {"mantel_haenszel_risk_difference", "miettinen_nurminen_stratified", "miettinen_nurminen", "newcombe"}
TWO_DECIMALS = 2


def primary(book: Book) -> Section:
    """The whole section."""
    say = book.say
    within = [_estimand(book), _result(book)]
    if book.has("forest"):
        within.append(_groups(book))
    if book.has("tis_over_time"):
        within.append(_score(book))
    return Section("primary", say("section.primary"), (), tuple(within))


def _estimand(book: Book) -> Section:
    say, settings = book.say, book.study.analysis
    order = say.list(say.code("precedence", one) for one in settings.intercurrent_precedence)
    texts = (
        say("estimand.text", endpoint=book.endpoint, **book.both),
        say("estimand.events", order=order),
        say(f"estimand.missing.{settings.missing}"),
    )  # fmt: skip
    return Section("estimand", say("section.estimand"), tuple(map(Paragraph, texts)))


def _result(book: Book) -> Section:
    say = book.say
    figure = _responder_bars(book)
    blocks: list[Block] = [
        Paragraph(say(
            "primary.text", arms="{table:primary_arms}", methods="{table:primary}", reasons="{table:responder_reasons}",
            figure="{figure:responders_figure}",
        )),
        Paragraph(_tests(book)),
        _arms(book), _methods(book), _reasons(book), *([figure] if figure else []),
    ]  # fmt: skip
    return Section("primary_result", say("section.primary_result"), tuple(blocks))


def _tests(book: Book) -> str:
    redrawn = book.one("primary", method="rerandomization_test")
    alpha = f"{book.study.analysis.alpha:g}"
    if redrawn.get("p") is None:
        return book.say("primary.alone", alpha=alpha)
    return book.say(
        "primary.confirmed", alpha=alpha, lists=whole(redrawn["lists"]), as_far=whole(redrawn["as_far"]),
        p=said_p(redrawn["p"]), margin=fixed(redrawn["margin"], 4),
    )  # fmt: skip


def _arms(book: Book) -> Table:
    say = book.say
    heads = [say("head.arm"), say("head.n"), say("head.responders"), say("head.percent_ci", confidence=book.confidence)]
    rows = [
        Row((book.arm(row["arm"]), whole(row["participants"]), whole(row["responders"]), book.percent_ci(row)))
        for row in book.records("primary_arms")
    ]
    title = say("title.primary_arms", endpoint=book.endpoint)
    return book.table("primary_arms", heads, rows, title=title, notes=[book.wilson, *book.left_out()])


def _methods(book: Book) -> Table:
    say = book.say
    notes = [say("note.difference", **book.both)]
    rows = []
    for row in book.records("primary"):
        method = row["method"]
        form = points if method in PROPORTIONS else fixed
        digits = 1 if method in PROPORTIONS else TWO_DECIMALS
        p = p_value(row["p"])
        if row["margin"] is not None:
            p = say("p.margin", p=p, margin=fixed(row["margin"], 4))
            notes.append(say("note.margin", lists=whole(row["lists"])))
        cells = (
            say.code("method", method), form(row["estimate"], digits),
            say.interval(form(row["low"], digits), form(row["high"], digits)), _statistic(row), p,
        )  # fmt: skip
        if row["note"]:
            notes.append(f"{cells[0]}: {book.remark(row['note'])}")
        rows.append(Row(cells, strong=method == "cochran_mantel_haenszel"))
    heads = [say("head.method"), say("head.estimate"), say("head.ci", confidence=book.confidence),
             say("head.statistic"), say("head.p")]  # fmt: skip
    return book.table("primary", heads, rows, notes=notes)


def _statistic(row: dict[str, Any]) -> str:
    if row["statistic"] is None:
        return NONE
    told = fixed(row["statistic"], 3)
    return told if row["degrees"] is None else f"{told} ({whole(row['degrees'])})"


def _reasons(book: Book) -> Table:
    say = book.say
    records = book.records("responder_reasons")
    rows = []
    for reason in dict.fromkeys(row["decided_by"] for row in records):
        by_arm = {row["arm"]: row for row in records if row["decided_by"] == reason}
        cells = [_share(by_arm.get(arm, {})) for arm in book.arms]
        rows.append(Row((say.code("decided_by", reason), *cells)))
    notes = [say("note.responders"), *book.left_out("note.reasons_missing")]
    return book.table("responder_reasons", [say("head.reason"), *book.arm_heads()], rows, notes=notes)


def _share(row: dict[str, Any]) -> str:
    return f"{whole(row.get('responders', 0))}/{whole(row.get('participants', 0))}"


def _responder_bars(book: Book) -> Figure | None:
    if not book.has("responders"):
        return None
    say = book.say
    records = book.records("responders")
    days = {one.id: one.day for one in book.study.visits}
    endpoints = list(dict.fromkeys(row["endpoint"] for row in sorted(records, key=lambda row: days[row["visit"]])))
    shares: list[list[Bar | None]] = []
    for arm in book.arms:
        held = {row["endpoint"]: row for row in records if row["arm"] == arm}
        shares.append([_bar(held.get(one)) for one in endpoints])
    names = [say.code("endpoint", one).replace("≥ ", "≥") for one in endpoints]
    drawing = bars(names, [book.arm(arm) for arm in book.arms], shares, say("axis.responders"), "bars")
    return book.figure(
        "responders_figure", drawing, "responders", confidence=book.confidence,
        notes=[book.wilson, *book.left_out()], **book.both,
    )  # fmt: skip


def _bar(row: dict[str, Any] | None) -> Bar | None:
    if row is None or row["percent"] is None:
        return None
    return Bar(row["percent"], row["low"], row["high"], f"{row['responders']}/{row['participants']}")


def _groups(book: Book) -> Section:
    say = book.say
    whole_row = book.one("primary", method="mantel_haenszel_risk_difference")
    difference = points(whole_row.get("estimate"))
    interval = say.interval(points(whole_row.get("low")), points(whole_row.get("high")))
    words = Words(
        book.arm(book.active), book.arm(book.control), say("forest.difference", confidence=book.confidence),
        say("forest.axis"), say("forest.better", arm=book.arm(book.control)),
        say("forest.better", arm=book.arm(book.active)),
    )  # fmt: skip
    figure = book.figure(
        "forest", forest(list(_forest_lines(book, whole_row, difference, interval)), words, "forest"), "forest",
        "primary", notes=[say("note.forest"), *book.left_out()], confidence=book.confidence, difference=difference,
        interval=interval,
    )  # fmt: skip
    text = Paragraph(say("forest.text", figure="{figure:forest}"))
    return Section("groups", say("section.forest"), (text, figure))


def _forest_lines(book: Book, row: dict[str, Any], difference: str, interval: str) -> Iterator[Line]:
    say = book.say
    arms = {one["arm"]: f"{one['responders']}/{one['participants']}" for one in book.records("primary_arms")}
    yield Line(
        say("forest.all"), arms.get(book.active, ""), arms.get(book.control, ""), f"{difference} ({interval})",
        _percent(row.get("estimate")), _percent(row.get("low")), _percent(row.get("high")), whole=True,
    )  # fmt: skip
    records = [one for one in book.records("forest") if one["group_kind"] != "overall"]
    largest = max((one["active_n"] + one["control_n"] for one in records), default=1) or 1
    kind = None
    for one in records:
        if one["group_kind"] != kind:
            kind = one["group_kind"]
            yield Line(say.code("variable", kind), heading=True)
        told = NONE
        if one["difference"] is not None:
            told = f"{points(one['difference'])} ({say.interval(points(one['low']), points(one['high']))})"
        yield Line(
            book.group(kind, one["group"]), f"{one['active_responders']}/{one['active_n']}",
            f"{one['control_responders']}/{one['control_n']}", told, _percent(one["difference"]),
            _percent(one["low"]), _percent(one["high"]), (one["active_n"] + one["control_n"]) / largest,
        )  # fmt: skip


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _score(book: Book) -> Section:
    say = book.say
    arms: dict[str, list[Seen]] = {book.arm(arm): [] for arm in book.arms}
    told = []
    for row in book.records("tis_over_time"):
        if row["arm"] in book.arms and row["mean"] is not None:
            arms[book.arm(row["arm"])].append(Seen(row["week"], row["n"], row["mean"], row["low"], row["high"]))
            told.append(f"{book.arm(row['arm'])} {say.code('visit', row['visit'])} {fixed(row['mean'])}")
    drawing = course(arms, say("axis.week"), say("axis.tis"), say("axis.number"), "tis", least=0.0)
    figure = book.figure("tis_figure", drawing, "tis_over_time", confidence=book.confidence, told="; ".join(told))
    text = Paragraph(say("tis.text", figure="{figure:tis_figure}", confidence=book.confidence))
    return Section("tis", say("section.tis"), (text, figure))
