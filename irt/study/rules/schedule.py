"""Visits and their windows, the calendar of doses, the kit that must last from visit to visit."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from irt.study.mistakes import Mistake
from irt.study.rules.reading import absent, ids_of, read, unknown
from irt.study.schedule import Dosing, Visit
from irt.study.whole import StudyFile


def visit_order(study: StudyFile) -> Iterator[Mistake]:
    """Visits stand in the order of their days; the first is day 1 without a window, for it is the first dose."""
    visits = _dated(study)
    for (_, before), (i, visit) in pairwise(visits):
        if visit.day <= before.day:
            yield Mistake(f"visits[{i}].day", f"{visit.day} is not after day {before.day}", "list visits by their days")
    if visits and visits[0][0] == 0 and visits[0][1].day != 1:
        yield Mistake("visits[0].day", f"found {visits[0][1].day}", "write 1: day 1 is the day of the first dose")


def visit_windows(study: StudyFile) -> Iterator[Mistake]:
    """A day belongs to the window of one visit at most; the wider window is named, or the later of two alike."""
    for i, others in _overlapping(study).items():
        visit = study.visits[i]
        spans = " and ".join(f"{other.id} ({_span(other)})" for other in others)
        remedy = "write a narrower window, or move the visit"
        yield Mistake(f"visits[{i}].window_days", f"{visit.window_days} ({_span(visit)}) overlaps {spans}", remedy)


def _overlapping(study: StudyFile) -> dict[int, list[Visit]]:
    blamed: dict[int, list[Visit]] = {}
    for (i, one), (k, two) in combinations([(i, one) for i, one in _dated(study) if one.window_days is not None], 2):
        if one.day < two.day and one.day + one.window_days >= two.day - two.window_days:
            place, other = (i, two) if one.window_days > two.window_days else (k, one)
            blamed.setdefault(place, []).append(other)
    return blamed


def _dated(study: StudyFile) -> list[tuple[int, Visit]]:
    """Visits with a day, each id once: a visit that stands twice is one mistake."""
    found: dict[str, tuple[int, Visit]] = {}
    for i, visit in read(study.visits, "day"):
        found.setdefault(visit.id if visit.id is not None else f"#{i}", (i, visit))
    return list(found.values())


def _span(visit: Visit) -> str:
    return f"days {visit.day - visit.window_days} to {visit.day + visit.window_days}"


def visit_instruments(study: StudyFile) -> Iterator[Mistake]:
    """A visit records instruments that there are, and every instrument is recorded somewhere."""
    if study.instruments is None:
        return
    known, used, doubt = ids_of(study.instruments), set(), False
    for name in ("visits", "unscheduled_visits"):
        doubt |= getattr(study, name) is None
        for i, visit in enumerate(getattr(study, name) or ()):
            doubt |= visit.instruments is None
            for k, one in enumerate(visit.instruments or ()):
                used.add(one)
                if one not in known:
                    yield unknown(f"{name}[{i}].instruments[{k}]", one, known, "instrument")
    for i, instrument in read(study.instruments, "id"):
        if instrument.id not in used and not doubt and used <= known:
            remedy = "name it at a visit, or remove it"
            yield Mistake(f"instruments[{i}].id", f'"{instrument.id}" is recorded at no visit', remedy)


def doses(study: StudyFile) -> Iterator[Mistake]:
    """Kits are handed out; the last dose falls after the last handing out and before the visit that follows."""
    visits = _dated(study)
    handing = [one for _, one in visits if one.dispense]
    if study.visits and not handing and all(one.dispense is not None for one in study.visits):
        yield Mistake("visits", "no visit hands out a kit", "write dispense = true at the visits that do")
    dosing = _grid(study)
    if dosing is None or dosing.doses is None:
        return
    if dosing.masked_weeks is not None and dosing.last_day > dosing.treatment_days:
        remedy = f"write at most {dosing.room_until(dosing.treatment_days)}, or more masked weeks"
        yield Mistake("dosing.doses", f"{dosing.doses} last beyond the {dosing.masked_weeks} masked weeks", remedy)
    elif handing:
        after = min((one.day for _, one in visits if one.day > handing[-1].day), default=None)
        if dosing.last_day < handing[-1].day or (after is not None and dosing.last_day >= after):
            remedy = f"let the last dose fall from day {handing[-1].day} to before day {after or 'the end'}"
            yield Mistake("dosing.doses", f"the last of {dosing.doses} falls on day {dosing.last_day}", remedy)


def cycles(study: StudyFile) -> Iterator[Mistake]:
    """A cycle has days on and days off, and no two doses are nearer to each other than the interval."""
    dosing = study.dosing
    if dosing is None:
        return
    for name, other in (("on_days", "off_days"), ("off_days", "on_days")):
        if absent(dosing, name) and getattr(dosing, other) is not None:
            problem, remedy = f"is missing beside {other} {getattr(dosing, other)}", f"add {name}, or remove {other}"
            yield Mistake(f"dosing.{name}", problem, remedy)
    on, off, interval = dosing.on_days, dosing.off_days, dosing.interval_days
    if on is None or off is None or interval is None:
        return
    if interval > on:
        remedy = f"write at most {on}: a cycle begins with a dose"
        yield Mistake("dosing.interval_days", f"{interval} is longer than the {on} days on treatment", remedy)
    elif dosing.least_gap < interval:
        problem = (
            f"after {off} the next cycle begins {dosing.least_gap} day(s) after a dose, and the interval is {interval}"
        )
        yield Mistake("dosing.off_days", problem, f"write at least {off + interval - dosing.least_gap}")


def _grid(study: StudyFile) -> Dosing | None:
    """The dosing, when it can be said on which days doses fall."""
    dosing = study.dosing
    if dosing is None or dosing.interval_days is None or any(cycles(study)):
        return None
    given = {"on_days", "off_days"} & dosing.model_fields_set
    return None if any(getattr(dosing, name) is None for name in given) else dosing


def dosing_details(study: StudyFile) -> Iterator[Mistake]:
    """A late dose comes before the next one is due."""
    dosing = _grid(study)
    if dosing is None or dosing.late_by_days is None:
        return
    if dosing.late_by_days >= dosing.least_gap:
        remedy = f"write at most {dosing.least_gap - 1}: never two doses in one interval"
        yield Mistake("dosing.late_by_days", f"found {dosing.late_by_days}", remedy)


def _intervals(study: StudyFile) -> Iterator[tuple[int, Visit, Visit]]:
    """Place of each handing-out visit, it, and the next that hands out; after the last, the visit that follows.

    What cannot be read or overlaps is left to its own mistake, with the intervals that it bounds.
    """
    visits, doubtful = study.visits or (), set(_overlapping(study))
    doubtful |= {i for i, one in enumerate(visits) if None in (one.day, one.window_days, one.dispense)}
    for i, here in enumerate(visits):
        if not here.dispense or i in doubtful:
            continue
        handing = (k for k in range(i + 1, len(visits)) if k in doubtful or visits[k].dispense)
        k = next(handing, i + 1)
        if k < len(visits) and k not in doubtful and visits[k].day > here.day:
            yield i, here, visits[k]


def kit_lasts(study: StudyFile) -> Iterator[Mistake]:
    """A kit holds the doses from the earliest handing out to the latest next visit, and the spare."""
    kit, dosing = study.kit, _grid(study)
    if kit is None or kit.interval_days is None:
        return
    longest = 0
    for i, here, following in _intervals(study):
        days = following.day - here.day
        if days > kit.interval_days:
            remedy = f"hand out a kit every {kit.interval_days} days, or make the kit's interval_days longer"
            yield Mistake(f"visits[{i}].day", f"{days} days pass to {following.id}, more than a kit is for", remedy)
        else:
            longest = max(longest, days + here.window_days + following.window_days)
    if dosing is not None and None not in (dosing.doses, kit.vials, kit.spare_vials):
        needed = dosing.most_doses(longest) + kit.spare_vials
        if kit.vials < needed:
            problem = f"{kit.vials} are fewer than the doses of {longest} days (interval and both windows) and spare"
            yield Mistake("kit.vials", problem, f"write at least {needed}")


def kit_dates(study: StudyFile) -> Iterator[Mistake]:
    """No kit is shipped that could not be handed out: do-not-ship is no shorter than do-not-dispense and last use."""
    kit = study.kit
    if kit is None:
        return
    ship, dispense = kit.do_not_ship_days, kit.do_not_dispense_days
    spans = [(after.day - here.day, after.window_days) for _, here, after in _intervals(study)]
    use = max((days + window for days, window in spans if days <= (kit.interval_days or 0)), default=0)
    if ship is not None and dispense is not None and ship < dispense:
        remedy = f"write at least {max(dispense, use)} and the days of transport"
        yield Mistake("kit.do_not_ship_days", f"{ship} is shorter than do_not_dispense_days {dispense}", remedy)
    elif ship is not None and ship < use:
        remedy = f"write at least {use} and the days of transport"
        yield Mistake("kit.do_not_ship_days", f"{ship} is shorter than the {use} days of a kit's use", remedy)
    low, high = kit.storage_minimum_celsius, kit.storage_maximum_celsius
    if low is not None and high is not None and low >= high:
        remedy = f"write more than {low}"
        yield Mistake("kit.storage_maximum_celsius", f"{high} is not above the minimum {low}", remedy)


RULES = (visit_order, visit_windows, visit_instruments, doses, cycles, dosing_details, kit_lasts, kit_dates)
