"""The clinical tables of the invented trial: measures, scores, responses, what interfered, harm, deviations."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from irt.outcomes.primary import Intercurrent, PrimaryOutcome, primary_responder
from irt.outcomes.response import definition_of_improvement, total_improvement
from irt.study import Instrument
from tests.analysis.invented import Person, Trial
from tests.analysis.invented_course import held_day

OUTCOME_VISITS = {"W0": 1, "W12": 85, "W24": 169}
RATED = {
    "phga": ("physician_global", "vas"), "pga": ("patient_global", "vas"), "mmt": ("mmt8", "total"),
    "haq": ("haq", "total"), "extramuscular": ("mdaat", "extramuscular"),
}  # fmt: skip
ENZYMES = {"CK": "ck", "aldolase": "aldolase", "LDH": "ldh", "AST": "ast", "ALT": "alt"}
STOP = "stop_for_adverse_event_or_lack_of_efficacy"
TERMS = (  # term of the study, preferred term, system organ class, grades
    (
        "injection_site_reaction",
        "Injection site reaction",
        "General disorders and administration site conditions",
        (1, 2),
    ),
    ("fever", "Pyrexia", "General disorders and administration site conditions", (1, 2, 3)),
    ("rash", "Rash maculo-papular", "Skin and subcutaneous tissue disorders", (1, 2)),
    ("alt_increased", "Alanine aminotransferase increased", "Investigations", (1, 2, 3)),
    ("upper_respiratory_infection", "Upper respiratory tract infection", "Infections and infestations", (2,)),
    ("eosinophilia", "Eosinophilia", "Blood and lymphatic system disorders", (1,)),
    ("myalgia", "", "", (1, 2)),
    ("", "", "", (1,)),
)
Values = dict[tuple[str, str], str]


def clinical(trial: Trial, effect: float) -> None:
    """Fill tables 16 to 26 for everybody who was randomized."""
    for person in trial.people:
        if person.arm:
            gain = person.chance.gauss(0.12, 0.14) + (0.12 * effect if person.arm == "IL2" else 0.0)
            measured = _measures(trial, person, gain)
            _laboratory(trial, person)
            scores = _scores(trial, person, measured)
            _responses(trial, person, scores)
            _harm(trial, person)
            _deviations(trial, person)
    first = next((one for one in trial.people if one.arm), None)
    if first is None:
        return
    trial.add("queries", participant=first.number, number=1, visit="W4", instrument="glucocorticoid", field="dose",
              origin="check", state="closed", raised_at_utc="2027-03-01T01:00:00Z")  # fmt: skip
    trial.add("special_reports", participant=first.number, kind="medication_error", number=1,
              happened_on=first.anchor, told="two vials were mixed up")  # fmt: skip


def seen(person: Person, visit: str, day: int) -> bool:
    """Whether somebody was measured at a visit."""
    if visit == "W0":
        return person.fate not in ("never_dosed", "error_never_dosed")
    gone = person.first_dose is None or (person.left_day is not None and day > person.left_day)
    return not gone and not (person.fate == "missed_w12" and visit == "W12")


def _measures(trial: Trial, person: Person, gain: float) -> dict[str, Values]:
    found: dict[str, Values] = {}
    for visit in trial.study.visits:
        if not visit.instruments or not seen(person, visit.id, visit.day):
            continue
        share = {"W0": 0.0, "W12": gain, "W24": gain * 1.2}.get(visit.id, 0.0)
        values = _values(person, share, whole=visit.id in OUTCOME_VISITS)
        if person.fate == "incomplete_w12" and visit.id == "W12":
            values = {key: value for key, value in values.items() if key != ("patient_global", "vas")}
        day = held_day(person, visit.id, visit.day)
        timing = "late" if day != visit.day else "in_window"
        for (name, part), value in values.items():
            trial.add("assessments", participant=person.number, visit=visit.id, instrument=name, field=part,
                      value=value, unit=_unit(trial.study.instrument(name), part), state="final",
                      assessed_on=person.day(day), study_day=day, timing=timing, source="rater")  # fmt: skip
        if timing == "in_window":
            found[visit.id] = values
    return found


def _values(person: Person, share: float, *, whole: bool) -> Values:
    own, base = person.chance, person.baseline
    dose = float(base["prednisone_mg_per_day"]) * (1 - max(0.0, share) * 0.6)
    values: Values = {("glucocorticoid", "drug"): "prednisone", ("glucocorticoid", "dose"): f"{round(dose * 4) / 4:g}"}
    if not whole:
        return values

    def less(start: float, most: float, step: str) -> str:
        left = start * (1 - share) + (own.gauss(0, 0.06) * most if share else 0)
        return str(Decimal(min(most, max(0.0, left))).quantize(Decimal(step)))

    groups = ("neck_flexors", "deltoid", "biceps", "wrist_extensors", "gluteus_maximus", "gluteus_medius",
              "quadriceps", "ankle_dorsiflexors")  # fmt: skip
    lacking = (150 - float(base["mmt8_150"])) * 80 / 150 / 8
    each = [min(10, max(0, round(10 - lacking * (1 - share) + own.gauss(0, 0.6)))) for _ in groups]
    values |= {("mmt8", name): str(value) for name, value in zip(groups, each, strict=True)}
    values["mmt8", "total"] = str(sum(each))
    values["cdasi", "activity"] = less(float(base["cdasi_activity"]), 100, "1")
    values["cdasi", "damage"] = str(own.randrange(0, 9))
    values["physician_global", "vas"] = less(float(base["physician_global_cm"]), 10, "0.1")
    values["patient_global", "vas"] = less(float(base["patient_global_cm"]), 10, "0.1")
    aspects = ("dressing", "arising", "eating", "walking", "hygiene", "reach", "grip", "activities")
    marks = [min(3, max(0, round(float(base["haq"]) * (1 - share) + own.gauss(0, 0.5)))) for _ in aspects]
    values |= {("haq", name): str(value) for name, value in zip(aspects, marks, strict=True)}
    values["haq", "total"] = str(Decimal(sum(marks)) / 8)
    values["mdaat", "extramuscular"] = less(float(base["extramuscular_cm"]), 10, "0.1")
    values["mdaat", "cutaneous"] = less(float(base["cutaneous_cm"]), 10, "0.1")
    for name in ("ck", "ldh", "ast", "alt", "aldolase"):
        if name in base:
            limit = float(base[f"{name}_uln"])
            start = max(limit, float(base[name]))
            step = "0.1" if name == "aldolase" else "1"
            values["muscle_enzymes", name] = less(start, start * 1.5, step)
            values["muscle_enzymes", f"{name}_uln"] = base[f"{name}_uln"]
    values["pulmonary_function", "fvc"] = f"{own.gauss(88, 9):.1f}"
    values["chest_imaging", "ild"] = own.choice(["absent", "stable"])
    return values


def _unit(instrument: Instrument, part: str) -> str:
    return next((one.unit or "" for one in instrument.fields if one.id == part), "")


def _laboratory(trial: Trial, person: Person) -> None:
    raised = 1.5 if person.arm == "IL2" else 1.0
    for visit, day in OUTCOME_VISITS.items():
        if not seen(person, visit, day):
            continue
        more = raised if visit != "W0" else 1.0
        own = person.chance
        values = {
            ("t_cells", "cd4_number"): f"{own.lognormvariate(6.4, 0.3) * more:.0f}",
            ("t_cells", "cd4_proportion"): f"{min(90, own.gauss(40, 6) * (1 + (more - 1) / 5)):.1f}",
            ("blood_count", "eosinophils"): f"{own.lognormvariate(-1.8, 0.4) * more:.2f}",
            ("blood_count", "lymphocytes"): f"{own.lognormvariate(0.4, 0.2):.2f}",
        } | {
            ("cytokines", one): f"{own.lognormvariate(1.5, 0.5):.2f}"
            for one in ("il2", "il6", "il10", "il17a", "ifn_gamma", "tnf_alpha")
        }
        for (name, part), value in values.items():
            below = name == "cytokines" and part in ("il2", "il17a") and own.random() < 0.3
            trial.add("laboratory", participant=person.number, visit=visit, instrument=name, field=part,
                      value="0.5" if below else value, below="Y" if below else "N",
                      unit=_unit(trial.study.instrument(name), part), state="final", collected_on=person.day(day),
                      study_day=day)  # fmt: skip
        for place, (analyte, unit, upper) in enumerate((("alt", "U/L", "50"), ("eosinophils", "10⁹/L", "0.5"))):
            value = values["blood_count", "eosinophils"] if analyte == "eosinophils" else f"{own.gauss(45, 12):.0f}"
            trial.add("safety_laboratory", participant=person.number, sample=10 * day + place, taken_on=person.day(day),
                      study_day=day, analyte=analyte, value=value, unit=unit, lower="0", upper=upper,
                      withheld="Y" if analyte == "eosinophils" else "N")  # fmt: skip


def _scores(trial: Trial, person: Person, measured: dict[str, Values]) -> dict[str, dict[str, Fraction | None]]:
    found: dict[str, dict[str, Fraction | None]] = {}
    for visit in ("W12", "W24"):
        before, after = measured.get("W0", {}), measured.get(visit, {})
        enzymes = {
            name: {"baseline": before.get(("muscle_enzymes", part)), "followup": after.get(("muscle_enzymes", part)),
                   "uln": before.get(("muscle_enzymes", f"{part}_uln"))}
            for name, part in ENZYMES.items()
        }  # fmt: skip
        pairs = [{name: values.get(where) for name, where in RATED.items()} for values in (before, after)]
        score = total_improvement(pairs[0], pairs[1], enzymes, trial.study.core_set.mmt_max)
        met = definition_of_improvement(pairs[0], pairs[1], enzymes, trial.study.core_set.mmt_max).met
        doi = None if met is None else Fraction(int(met))
        found[visit] = {"tis": score.total, "doi": doi, "tis_missing_as_zero": score.total_if_missing_scored_0}
        parts: dict[str, Fraction | None] = {"tis_measures_missing": Fraction(len(score.missing))}
        for one in score.measures:
            parts |= {f"tis_{one.measure}": one.points, f"percent_{one.measure}": one.percent}
        for name, value in (found[visit] | parts).items():
            told = "" if value is None else _decimal(value)
            trial.add("scores", participant=person.number, visit=visit, score=name, value=told)
    return found


def events_of(trial: Trial, person: Person) -> list[tuple[str, str, Intercurrent]]:
    """The intercurrent events of somebody: what it is called, its place, and as the estimand takes it."""
    found = {
        "rescue": [("medication.1", "rescue", Intercurrent("rescue", 55)),
                   ("stop", "other", Intercurrent("discontinuation", 60, "other"))],
        "rescue_late": [("medication.1", "rescue", Intercurrent("rescue", 120))],
        "death": [("death", "death", Intercurrent("death", 74))],
        "adverse_event_stop": [("stop", STOP, Intercurrent("discontinuation", 50, "adverse_event"))],
        "no_efficacy_stop": [("stop", STOP, Intercurrent("discontinuation", 64, "lack_of_efficacy"))],
        "other_stop": [("stop", "other", Intercurrent("discontinuation", 70, "other"))],
        "code_break": [("stop", "other", Intercurrent("discontinuation", 110, "other"))],
    }  # fmt: skip
    return found.get(person.fate, [])


def _responses(trial: Trial, person: Person, scores: dict[str, dict[str, Fraction | None]]) -> None:
    events = events_of(trial, person)
    for name, place, event in events:
        trial.add("intercurrent_events", participant=person.number, event=name, proposed=place, verdict=place,
                  reason=event.reason if name == "stop" else "", happened_on=person.day(event.day), study_day=event.day,
                  counts="Y")  # fmt: skip
        if name == "medication.1":
            trial.add("medications", participant=person.number, number=1, kind="ivig", drug="immunoglobulin",
                      dose="2 g/kg", started_on=person.day(event.day), stands="Y")  # fmt: skip
    for endpoint in trial.study.analysis.endpoints:
        if endpoint.summary != "proportion":
            continue
        value = scores[endpoint.visit][endpoint.measure]
        visit = trial.study.visit(endpoint.visit)
        late = seen(person, visit.id, visit.day) and held_day(person, visit.id, visit.day) == visit.day
        day = visit.day if late else visit.day + visit.window_days + 1
        scale = 20 if endpoint.measure == "doi" else 1
        outcome = primary_responder(
            None if value is None else value * scale, [event for _, _, event in events], assessment_day=day,
            least=20 if endpoint.threshold is None else endpoint.threshold,
        )  # fmt: skip
        trial.add("responses", participant=person.number, endpoint=endpoint.id, visit=visit.id,
                  observed="" if value is None else _decimal(value), response=outcome.value,
                  decided_by=_decided(outcome, value), assessment_day=day)  # fmt: skip


def _decided(outcome: PrimaryOutcome, observed: Fraction | None) -> str:
    if outcome.strategy == "composite" and outcome.event is not None:
        return outcome.event.reason or outcome.event.kind
    return "missing" if observed is None else "observed"


def _harm(trial: Trial, person: Person) -> None:
    own, events = person.chance, []
    if person.first_dose is None:
        return
    for _ in range(own.choices([0, 1, 2, 3, 4], [3, 4, 3, 2, 2 if person.arm == "IL2" else 1])[0]):
        last = min(person.left_day or 190, person.last_day + 25)
        events.append((own.randrange(1, last), *own.choices(TERMS, [5, 4, 2, 2, 3, 2, 2, 1])[0]))
    events.sort(key=lambda one: one[0])
    if person.fate == "death":
        events.append((70, "lung_infection", "Pneumonia", "Infections and infestations", (5,)))
    for number, (day, term, pt, soc, grades) in enumerate(events, 1):
        grade = own.choice(grades)
        serious = grade > 3 or (grade == 3 and own.random() < 0.5)
        dose: dict[str, Any] = max(
            (one for one in person.doses if one["study_day"] <= day and one["outcome"] == "taken"),
            key=lambda one: one["study_day"],
        )
        special = next((one.special_interest for one in trial.study.adverse_event_terms if one.id == term), False)
        trial.add(
            "adverse_events",
            participant=person.number,
            event=number,
            verbatim=f"words of {term or 'a headache'}",
            term=term,
            llt=pt,
            pt=pt,
            soc=soc,
            dictionary="27.1" if pt else "",
            grade=grade,
            serious="Y" if serious else "N",
            seriousness="death" if grade == 5 else "hospitalisation" if serious else "",
            onset_on=person.day(day),
            ended_on=person.day(day + 4),
            study_day=day,
            emergent="Y",
            causality_drug=own.choice(["unrelated", "possible", "probable"]),
            causality_procedure="unrelated",
            sponsor_causality="possible" if serious else "",
            expectedness="expected" if serious else "",
            action="none",
            outcome="fatal" if grade == 5 else "recovered",
            special_interest="Y" if special else "N",
            last_dose_on=dose["taken_on"],
            last_kit=dose["kit"],
        )


def _deviations(trial: Trial, person: Person) -> None:
    kinds = {
        "error_never_dosed": ("randomized_in_error", "important", "exclude"),
        "error_dosed": ("randomized_in_error", "important", "exclude"),
        "wrong_kit": ("wrong_kit", "important", "exclude"), "same_kit": ("wrong_kit", "minor", "keep"),
        "wrong_stratum": ("wrong_stratum", "minor", "keep"), "missed_w12": ("visit_missed", "minor", "keep"),
        "late_w12": ("visit_out_of_window", "minor", "keep"),
        "important_deviation": ("other", "important", "exclude"), "rescue": ("rescue", "minor", "keep"),
    }  # fmt: skip
    if person.fate not in kinds:
        return
    kind, severity, per_protocol = kinds[person.fate]
    trial.add("deviations", deviation=f"D{len(trial.rows['deviations']) + 1:03}", participant=person.number,
              site=person.site, kind=kind, happened_on=person.anchor, told="as recorded", severity_dm=severity,
              per_protocol_dm=per_protocol, severity_ts=severity, per_protocol_ts=per_protocol, stands="Y")  # fmt: skip


def _decimal(value: Fraction) -> str:
    found = f"{float(value):.12f}".rstrip("0").rstrip(".")
    return found or "0"
