"""The course of the invented trial: kits, doses, visits, counts, who learned what, and the participants' table."""

from datetime import date, timedelta
from typing import Any

from tests.analysis.invented import START, STOPS, Person, Trial, corrected

DAY = timedelta(days=1)
OTHER_TYPE = {"IL2": "PBO", "PBO": "IL2"}


def course(trial: Trial) -> None:
    """Fill kits, dispensing, doses, visits, accountability, holds, misallocations, the unblinding log, participants."""
    stock = _stock(trial)
    for person in trial.people:
        if person.arm:
            _kits(trial, person, stock)
            _doses(trial, person)
            _visits(trial, person)
            _accountability(trial, person)
            _learned(trial, person)
        _participant(trial, person)
        for name, value in person.baseline.items():
            unit = next(one.unit for one in trial.study.baseline if one.id == name)
            trial.add("baseline", participant=person.number, field=name, value=value, unit=unit or "")
    for site in trial.study.sites:
        there = [one for one in trial.people if one.site == site.code]
        trial.add("sites", site=site.code, name_en=site.name.en, name_zh=site.name.zh, time_zone=site.time_zone,
                  screened=len(there), randomized=sum(bool(one.arm) for one in there))  # fmt: skip


def _stock(trial: Trial) -> dict[str, list[str]]:
    import random

    needed = 8 * len(trial.people) + 20
    numbers = random.Random(11).sample(range(100000, 999999), 2 * needed)
    return {"IL2": [str(one) for one in numbers[:needed]], "PBO": [str(one) for one in numbers[needed:]]}


def _kits(trial: Trial, person: Person, stock: dict[str, list[str]]) -> None:
    days = [visit.day for visit in trial.study.dispensing_visits]
    for place, visit in enumerate(trial.study.dispensing_visits):
        if person.first_dose is None and place:
            break
        if person.first_dose is not None and visit.day > person.last_day:
            break
        given = person.first_dose is not None
        wrong = place == 1 and person.fate in ("wrong_kit", "same_kit")
        kind = OTHER_TYPE[person.arm] if wrong and person.fate == "wrong_kit" else person.arm
        kit = stock[kind].pop()
        ends = days[place + 1] - 1 if place + 1 < len(days) else 167
        person.kits.append({
            "kit": kit, "type": kind, "visit": visit.id, "how": "wrong_kit" if wrong else "assigned",
            "from": visit.day, "to": min(ends, person.last_day), "given": person.day(visit.day) if given else None,
        })  # fmt: skip
        if wrong:
            trial.add("misallocations", kind="wrong_kit", participant=person.number, site=person.site,
                      on=person.day(visit.day), kit=kit, instead_of=stock[person.arm].pop(), kit_type=kind,
                      arm_of_participant=person.arm, match="Y" if kind == person.arm else "N",
                      told="the box beside it was taken")  # fmt: skip


def _doses(trial: Trial, person: Person) -> None:
    if person.first_dose is None:
        return
    missing = 0.45 if person.fate == "low_adherence" else 0.03
    for number in range(1, trial.study.dosing.doses + 1):
        day = 2 * number - 1
        if day > person.last_day:
            break
        kit = next(one for one in person.kits if one["from"] <= day <= one["to"])
        held = person.fate == "hold" and 31 <= day < 41
        missed = number > 1 and not held and person.chance.random() < missing
        outcome = "held" if held else "missed" if missed else "taken"
        dose: dict[str, Any] = {"participant": person.number, "kind": "scheduled", "number": number,
                                "due_on": person.day(day), "outcome": outcome, "study_day": day}  # fmt: skip
        if outcome == "taken":
            dose |= {"taken_on": person.day(day), "kit": kit["kit"], "place": "clinic" if number == 1 else "home"}
        elif outcome == "missed":
            dose |= {"reason": "forgotten"}
        person.doses.append(dose)
        trial.add("doses", **(dose | {"study_day": day if outcome == "taken" else ""}))
    if person.fate == "hold":
        trial.add("holds", participant=person.number, from_on=person.day(31), resumed_on=person.day(41), reason="fever")


def _visits(trial: Trial, person: Person) -> None:
    for visit in trial.study.visits:
        planned = person.day(visit.day)
        margin = timedelta(days=visit.window_days)
        missed = person.fate == "missed_w12" and visit.id == "W12"
        gone = person.left_day is not None and visit.day > person.left_day
        never = person.first_dose is None
        state = "skipped" if gone or never else "missed" if missed else "done"
        held = person.day(held_day(person, visit.id, visit.day)) if state == "done" else None
        timing = "" if held is None else "late" if held > planned + margin else "in_window"
        trial.add("visits", participant=person.number, visit=visit.id, planned_on=planned, earliest_on=planned - margin,
                  latest_on=planned + margin, state=state, visited_on=held, timing=timing,
                  study_day=(held - person.anchor).days + 1 if held else "", reason="could not come" if missed else "",
                  )  # fmt: skip


def held_day(person: Person, visit: str, day: int) -> int:
    """The study day on which a visit was held."""
    return day + 8 if person.fate == "late_w12" and visit == "W12" else day


def _accountability(trial: Trial, person: Person) -> None:
    for place, kit in enumerate(person.kits, 1):
        taken = sum(one.get("kit") == kit["kit"] for one in person.doses)
        given, vials = kit["given"], trial.study.kit.vials
        lost = 1 if given and kit["visit"] == "W4" and person.chance.random() < 0.2 else 0
        state = "destroyed" if given else "not_dispensed"
        back = person.day(kit["to"] + 1) if given else None
        manufacturing = {"IL2": "M-1", "PBO": "M-2"}[kit["type"]]
        trial.add(
            "kits",
            kit=kit["kit"],
            kit_type=kit["type"],
            manufacturing_lot=manufacturing,
            lot="B1",
            expiry=date(2029, 12, 31),
            vials=vials,
            state=state,
            site=person.site,
            participant=person.number,
        )
        at = person.randomized if place == 1 else given
        trial.add("dispensing", participant=person.number, site=person.site, visit=kit["visit"], ordinal=1,
                  kit=kit["kit"], kit_type=kit["type"], arm_of_kit=kit["type"], arm_of_participant=person.arm,
                  match="Y" if kit["type"] == person.arm else "N", how=kit["how"], assigned_at_utc=f"{at}T02:30:00Z",
                  given_at_utc=f"{given}T03:00:00Z" if given else "", given_on=given, doses_taken=taken)  # fmt: skip
        if given:
            trial.add("accountability", kit=kit["kit"], site=person.site, participant=person.number, state=state,
                      vials=vials, unused=vials - taken - lost, used=taken, used_before=0, broken=0, lost=lost,
                      unaccounted=0, returned_on=back, destroyed_on=back + timedelta(days=60))  # fmt: skip


def _learned(trial: Trial, person: Person) -> None:
    if person.fate == "code_break":
        on = person.day(110)
        trial.add("unblinding_log", kind="code_break", participant=person.number, site=person.site,
                  at_utc=f"{on}T12:00:00Z", on=on, by="An investigator", reason="treatment_depends_on_it",
                  told="an emergency", treatment="stop", shown_at_utc=f"{on}T12:00:05Z")  # fmt: skip
    if person.fate == "desk":
        on = person.day(40)
        trial.add("unblinding_log", kind="desk_opening", participant=person.number, site=person.site, on=on,
                  at_utc=f"{on}T08:00:00Z", by="A safety officer", reason="expedited_report",
                  shown_at_utc=f"{on}T08:00:04Z")  # fmt: skip


def _participant(trial: Trial, person: Person) -> None:
    cells: dict[str, Any] = {
        "participant": person.number, "site": person.site, "sex": person.sex, "age": person.age,
        "birth_year": START.year - person.age, "consent_on": person.screened, "screened_on": person.screened,
        "in_error": "N", "code_broken": "N", "full_analysis": "N", "per_protocol": "N", "safety": "N",
        "state": "screen_failed" if int(person.number[-1]) % 2 else "withdrawn",
    }  # fmt: skip
    if person.arm:
        cells |= _treated(trial, person)
    trial.add("participants", **cells)


def _treated(trial: Trial, person: Person) -> dict[str, Any]:
    taken = [one for one in person.doses if one["outcome"] == "taken"]
    due = [one for one in person.doses if one["outcome"] != "held"]
    early = [one for one in due if one["study_day"] < 85]
    early_taken = [one for one in taken if one["study_day"] < 85]
    adherence = 100 * len(early_taken) / len(early) if early else None
    stop = STOPS.get(person.fate, "")
    reasons = {one.id: one.intercurrent for one in trial.study.treatment.stop_reasons}
    never = person.first_dose is None
    full = "N" if person.fate == "error_never_dosed" else "Y"
    if full == "N":
        trial.add("population_decisions", participant=person.number, population="full_analysis", revision=1,
                  included="N", told="randomized in error, and never dosed", decided_by="A trial statistician",
                  decided_at_utc="2027-03-01T08:00:00Z")  # fmt: skip
    excluded = _excluded(person, adherence) if full == "Y" else "not_in_full_analysis"
    active = any(one["type"] == "IL2" and one["given"] for one in person.kits)
    return {
        "state": "withdrawn" if person.left_day else "completed",
        "randomized_on": person.randomized,
        "arm": person.arm,
        "actual_arm": "" if never else "IL2" if active else "PBO",
        "stratum_used": person.stratum,
        "stratum_corrected": corrected(trial.study, person),
        "first_dose_on": person.first_dose,
        "last_dose_on": taken[-1]["taken_on"] if taken else None,
        "stopped_on": person.day(person.last_day) if stop else None,
        "stop_reason": stop,
        "stop_intercurrent": reasons.get(stop, ""),
        "ended_on": person.day(person.left_day or 197),
        "died_on": person.day(74) if person.fate == "death" else None,
        "doses_due": len(due),
        "doses_taken": len(taken),
        "doses_due_w12": len(early),
        "doses_taken_w12": len(early_taken),
        "adherence_diary": f"{100 * len(taken) / len(due):.6f}" if due else "",
        "adherence_vials": f"{100 * len(taken) / len(due):.6f}" if due else "",
        "in_error": "Y" if person.fate.startswith("error") else "N",
        "code_broken": "Y" if person.fate == "code_break" else "N",
        "full_analysis": full,
        "full_analysis_reason": "randomized_in_error never_dosed" if full == "N" else "",
        "per_protocol": "N" if excluded else "Y",
        "per_protocol_reason": excluded,
        "safety": "N" if never else "Y",
    }


def _excluded(person: Person, adherence: float | None) -> str:
    if person.first_dose is None:
        return "too_few_doses primary_missing"
    if person.fate in ("important_deviation", "error_dosed", "wrong_kit"):
        return "important_deviation"
    if adherence is not None and adherence < 80:
        return "too_few_doses"
    return "primary_missing" if person.fate in ("missed_w12", "late_w12", "incomplete_w12") else ""
