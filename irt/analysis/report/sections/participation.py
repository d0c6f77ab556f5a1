"""Who took part: the flow from screening to analysis, the populations, and what they were like at baseline."""

from collections.abc import Iterator
from typing import Any

from irt.analysis.report.book import Book
from irt.analysis.report.document import Block, Paragraph, Row, Section, Table
from irt.analysis.report.figures.flow import Box, Step, flow
from irt.analysis.report.formats import counted, digits_for, fixed, whole
from irt.analysis.report.speaking import with_unit
from irt.analysis.results import Cell

ALL = "all"
DETAILS = {"not_randomized": "state", "stopped": "stop_reason", "completed": "visit", "in_set": "set"}


def disposition(book: Book) -> Section:
    """The flow of participants as a drawing and as a table."""
    say = book.say
    blocks: list[Block] = []
    if book.has("disposition"):
        blocks = [
            Paragraph(say("disposition.text", figure="{figure:flow}", table="{table:disposition}")),
            book.figure("flow", flow(_steps(book), "flow"), "disposition", "populations",
                        screened=_count(book, "screened"), randomized=_count(book, "randomized")),
            book.table("disposition", [say("head.step"), *book.arm_heads(book.randomized()), say("head.overall")],
                       _lines(book)),
        ]  # fmt: skip
    return Section("disposition", say("section.disposition"), tuple(blocks))


def populations(book: Book) -> Section:
    """The sizes of the analysis sets; who is not in one is a listing at the end."""
    say = book.say
    rule = say("populations.letters" if book.view == "letters" else "populations.named", **book.both)
    text = say("populations.text", rule=rule, table="{table:populations}")
    for name, key in (("populations_excluded", "excluded"), ("treated_otherwise", "otherwise")):
        if book.has(name):
            text += say(f"populations.{key}", table=f"{{table:{name}}}")
    rows = [
        Row((say.code("set", name), *(whole(_of(book, name, arm)) for arm in (*book.arms, ALL))))
        for name in dict.fromkeys(row["set"] for row in book.records("populations"))
    ]
    heads = [say("head.population"), *book.arm_heads(), say("head.overall")]
    return Section("populations", say("section.populations"), (Paragraph(text), book.table("populations", heads, rows)))


def baseline(book: Book) -> Section:
    """Table 1 of every paper: characteristics by arm."""
    say = book.say
    text = Paragraph(say("baseline.text", table="{table:baseline_characteristics}"))
    return Section("baseline", say("section.baseline"), (text, _characteristics(book)))


def _count(book: Book, step: str, arm: str = ALL, detail: str = "") -> Cell:
    return book.one("disposition", step=step, detail=detail, arm=arm).get("participants")


def _of(book: Book, name: str, arm: str) -> Cell:
    return book.one("populations", set=name, arm=arm).get("participants")


def _told(book: Book, what: str, n: Cell) -> str:
    return book.say("flow.count", what=what, n=whole(n))


def _steps(book: Book) -> list[Step]:
    """Screened; randomized; then for each arm allocation, treatment and analysis."""
    say = book.say
    out = [_told(book, say.code("step", "not_randomized"), _count(book, "not_randomized"))]
    out += [f"\t{line}" for line in _details(book, "not_randomized", ALL)]
    return [
        Step((Box((_told(book, say.code("step", "screened"), _count(book, "screened")),)),), Box(tuple(out))),
        Step((Box((_told(book, say.code("step", "randomized"), _count(book, "randomized")),)),)),
        Step(tuple(Box(_allocated(book, arm)) for arm in book.arms)),
        Step(tuple(Box(_followed(book, arm)) for arm in book.arms)),
        Step(tuple(Box(_analysed(book, arm)) for arm in book.arms)),
    ]


def _details(book: Book, step: str, arm: str) -> list[str]:
    kind = DETAILS[step]
    rows = [row for row in book.records("disposition", step=step, arm=arm) if row["detail"] and row["participants"]]
    return [_told(book, book.say.code(kind, row["detail"]), row["participants"]) for row in rows]


def _allocated(book: Book, arm: str) -> tuple[str, ...]:
    say = book.say
    first = _told(book, say("flow.allocated", arm=book.arm(arm)), _count(book, "randomized", arm))
    inner = [
        _told(book, say.code("step", step), _count(book, step, arm)) for step in ("treated", "never_dosed", "in_error")
    ]
    return (first, *(f"\t{line}" for line in inner))


def _followed(book: Book, arm: str) -> tuple[str, ...]:
    say = book.say
    lines = [_told(book, say.code("step", "stopped"), _count(book, "stopped", arm))]
    lines += [f"\t{line}" for line in _details(book, "stopped", arm)]
    lines += [_told(book, say.code("step", step), _count(book, step, arm)) for step in ("left", "died")]
    return (*lines, *(_told(book, line, n) for line, n in _visits(book, arm)))


def _visits(book: Book, arm: str) -> Iterator[tuple[str, Cell]]:
    for row in book.records("disposition", step="completed", arm=arm):
        yield book.say("flow.visit", visit=book.say.code("visit", row["detail"])), row["participants"]


def _analysed(book: Book, arm: str) -> tuple[str, ...]:
    say = book.say
    names = ("full_analysis", "per_protocol", "safety")
    return tuple(_told(book, say.code("set", name), _of(book, name, arm)) for name in names)


def _lines(book: Book) -> Iterator[Row]:
    """A line for each step; percentages are of those randomized."""
    of = {arm: _count(book, "randomized", arm) for arm in (*book.arms, ALL)}
    keys = dict.fromkeys((row["step"], row["detail"]) for row in book.records("disposition"))
    before = {"screened", "not_randomized"}
    steps = {step for step, detail in keys if not detail}
    for step, detail in keys:
        counts = [_count(book, step, arm, detail) for arm in (*book.arms, ALL)]
        name = book.say.code(DETAILS[step], detail) if detail else book.say.code("step", step)
        if detail and step not in steps:
            name = book.say("step.detail", step=book.say.code("step", step), detail=name)
        cells = [
            whole(count) if step in before or step == "randomized" else counted(count, of[arm])
            for count, arm in zip(counts, (*book.arms, ALL), strict=True)
        ]
        yield Row((name, *cells), indent=1 if detail and step in steps else 0)


def _characteristics(book: Book) -> Table:
    """Two columns of words: the characteristic, and the level or statistic; upper limits of normal are left out."""
    say = book.say
    heads = [say("head.characteristic"), "", *book.arm_heads(_full(book))]
    heads.append(f"{say('head.overall')}\n(n = {whole(_of(book, 'full_analysis', ALL))})")
    rows: list[Row] = []
    part, limits = "", _limits(book)
    for variable in dict.fromkeys(row["variable"] for row in book.records("baseline_characteristics")):
        held = book.records("baseline_characteristics", variable=variable)
        if variable in limits:
            continue
        if (now := _part(book, variable)) != part:
            part = now
            rows.append(Row((say(f"baseline.{part}"),)))
        lines = list(_levels(book, variable, held) if any(row["level"] for row in held) else _numbers(book, held))
        rows += [Row((_variable(book, variable) if place == 0 else "", *line)) for place, line in enumerate(lines)]
    return book.table("baseline_characteristics", heads, rows, first=2, notes=[say("note.baseline")])


def _part(book: Book, variable: str) -> str:
    """Which part of the table a characteristic stands in."""
    if variable in {one.id for one in book.study.baseline}:
        return "screening"
    return "measures" if "." in variable and not variable.startswith("stratum.") else "people"


def _limits(book: Book) -> set[str]:
    """Baseline values that are limits of normal of others: they describe a laboratory, not a participant."""
    return set(book.study.limits_at_screening.values())


def _full(book: Book) -> dict[str, Cell]:
    return {arm: _of(book, "full_analysis", arm) for arm in book.arms}


def _variable(book: Book, name: str) -> str:
    say, study = book.say, book.study
    if name.startswith("stratum."):
        return say.code("factor", name.removeprefix("stratum."))
    field = next((one for one in study.baseline if one.id == name), None)
    if field is not None:
        return say.of(with_unit(field.label.en, field.label.zh, field.unit))
    return say.measured(name) if "." in name else say.code("variable", name)


def _levels(book: Book, variable: str, held: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    for level in dict.fromkeys(row["level"] for row in held):
        by_arm = {row["arm"]: row for row in held if row["level"] == level}
        name = (
            book.say.stratum(level) if variable == "stratum"
            else book.say.code({"sex": "sex", "site": "site"}.get(variable, "level"), level)
        )  # fmt: skip
        yield name, *(counted(row.get("count"), row.get("n")) for row in _arms(book, by_arm))


def _numbers(book: Book, held: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    say = book.say
    rows = _arms(book, {row["arm"]: row for row in held})
    digits = digits_for(rows[-1].get("sd"))
    mean = [
        fixed(None) if row.get("mean") is None else f"{fixed(row['mean'], digits)} ({fixed(row['sd'], digits)})"
        for row in rows
    ]
    yield say("baseline.mean"), *mean
    median = [
        fixed(None) if row.get("median") is None
        else f"{fixed(row['median'], digits)} [{say.interval(fixed(row['q1'], digits), fixed(row['q3'], digits))}]"
        for row in rows
    ]  # fmt: skip
    yield say("baseline.median"), *median
    sizes = {**_full(book), ALL: _of(book, "full_analysis", ALL)}
    if any(row.get("n") != sizes[arm] for row, arm in zip(rows, (*book.arms, ALL), strict=True)):
        yield say("baseline.n"), *(whole(row.get("n")) for row in rows)


def _arms(book: Book, by_arm: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [by_arm.get(arm, {}) for arm in (*book.arms, ALL)]
