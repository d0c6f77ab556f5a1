"""A small trial with its books in order, and the errors in them that are planted through the gate."""

from collections.abc import Callable
from datetime import date
from typing import Any

from irt.dispensing.counting import Counts, count_vials
from irt.dispensing.discrepancies import resolve
from irt.dispensing.tables import Discrepancy, Disposal, Dose, KitReturn
from irt.gate.act import Act
from irt.participants.tables import Participant
from irt.supply import assigning, ledger
from irt.supply.tables import Assignment, Express, Kit, Shipment
from tests.assurance.lived import Trial, live

DAY = date(2026, 3, 2)
Named = tuple[str, str]  # the table and row that verification is to name
Planting = Callable[[Act], Named]
PLANTINGS: dict[str, Planting] = {}


def planting(text: str) -> Callable[[Planting], Planting]:
    """Register an error under what it is."""

    def register(function: Planting) -> Planting:
        PLANTINGS[text] = function
        return function

    return register


# -- the books in order --------------------------------------------------------------------------------------------


def kept(url: str) -> Trial:
    """The lived trial with kits at home, back, counted, explained and destroyed: nothing is wrong with it.

    p1: back, a vial too few and a dose too many, both asked about. p2, p5: at home. p3: reconciled. p4: reconciled with
    a vial unaccounted for. p6: destroyed.
    """
    trial = live(url)
    trial.do("hand over again", _hand_over)
    for who, unused in (("p3", 2), ("p4", 1), ("p6", 2)):
        trial.do("return", lambda act, who=who, unused=unused: _return(act, who, unused))  # type: ignore[misc]
    trial.do("explain", _explain)
    trial.do("destroy", _destroy, sign="I destroy")
    return trial


def _hand_over(act: Act) -> None:
    for who in ("p4", "p5", "p6"):
        given = act.find(Assignment, participant=who)
        ledger.move(act, act.find(Kit, number=given.kit), "dispensed", site=given.site, participant=who)
        act.change(Assignment, given, state="handed_over", handed_over_at=act.now, handed_over_by="a1")


def _return(act: Act, who: str, unused: int) -> None:
    kit = kit_of(act, who)
    ledger.move(act, kit, "returned", site=kit.site, participant=who)
    count_vials(act, kit, act.find(Participant, id=who), Counts(unused, 0, 0, 0), DAY)


def _explain(act: Act) -> None:
    resolve(act, act.find(Discrepancy, participant="p4"), "it fell into the sink")


def _destroy(act: Act) -> None:
    kit = kit_of(act, "p6")
    ledger.move(act, kit, "destroyed", site=kit.site, participant="p6")
    dispose(act, "done", kit.site, [kit.number])


def kit_of(act: Act, who: str) -> Any:
    """The kit that was assigned to a participant."""
    return act.find(Kit, number=act.find(Assignment, participant=who, lock=False).kit)


def dispose(act: Act, state: str, site: str, kits: list[str], proposed_by: str = "a2") -> str:
    """A disposal, as the acts write it: the actor proposes it, or is the witness of another's that is done."""
    seen = {"witnessed_by": act.actor.account, "witnessed_at": act.now, "witness_signature": _signature(act)}
    return act.add(
        Disposal, id=f"plant {state} {'-'.join(kits)}", site=site, kind="destroyed", kits=kits, method="incinerated",
        state=state, proposed_by=proposed_by, proposed_at=act.now, signature=_signature(act),
        **(seen if state == "done" else {}),
    )  # fmt: skip


def _signature(act: Act) -> str:
    return act.signature or str(act.rows(Disposal)[0].signature)


# -- the errors -----------------------------------------------------------------------------------------------------


def _count(act: Act, who: str, counts: Counts, **more: Any) -> Named:
    """A count written past `count_vials`."""
    kit = kit_of(act, who)
    before = act.rows(KitReturn, kit=kit.number)
    values = {"kit": kit.number, "participant": who, "site": act.find(Participant, id=who, lock=False).site,
              "used_before": 0, "returned_on": DAY, "revision": len(before) + 1,
              "reason": "counted again" if before else None}  # fmt: skip
    key = act.add(
        KitReturn, id=f"plant {kit.number}", unused=counts.unused, used=counts.used,
        broken=counts.broken, lost=counts.lost, counted_by=act.actor.account, counted_at=act.now, **values | more,
    )  # fmt: skip
    return "kit_return", key


def _move(act: Act, who: str, *states: str) -> None:
    for state in states:
        kit = kit_of(act, who)
        ledger.move(act, kit, state, site=kit.site, participant=kit.participant)


def _dose(act: Act, who: str, number: int, kit: str | None, **more: Any) -> Named:
    values = {"kind": "extra", "revision": 1, "taken_on": DAY, "outcome": "taken"}
    key = act.add(
        Dose, id=f"plant {who} {number}", participant=who, site=act.find(Participant, id=who, lock=False).site,
        number=number, kit=kit, place="home", recorded_at=act.now, recorded_by="a1", **values | more,
    )  # fmt: skip
    return "dose", key


def _open(act: Act, who: str, kind: str = "vials") -> Any:
    return act.find(Discrepancy, participant=who, kind=kind, state="open")


@planting("a lost vial: a kit comes back with one too few, and nobody is asked")
def _lost_vial(act: Act) -> Named:
    _move(act, "p2", "returned")
    return _count(act, "p2", Counts(1, 0, 0, 0))


@planting("a vial too many")
def _vial_too_many(act: Act) -> Named:
    _move(act, "p2", "returned")
    return _count(act, "p2", Counts(2, 0, 1, 0))


@planting("a lost vial, and the kit is reconciled all the same")
def _lost_and_reconciled(act: Act) -> Named:
    _move(act, "p2", "returned", "reconciled")
    _count(act, "p2", Counts(1, 0, 0, 0))
    return "kit", kit_of(act, "p2").number


@planting("a count of a day before the kit was handed over")
def _back_before_it_was_given(act: Act) -> Named:
    return _count(act, "p3", Counts(2, 0, 0, 0), returned_on=date(2026, 3, 1))


@planting("a double return: a second count as if the kit came back again")
def _double_return(act: Act) -> Named:
    return _count(act, "p3", Counts(2, 0, 0, 0), reason=None)


@planting("a double return in the ledger, without a count")
def _double_return_in_the_ledger(act: Act) -> Named:
    _move(act, "p3", "returned", "reconciled")
    kit = kit_of(act, "p3")
    return "movement", f"{kit.number}/{kit.moves - 1}"


@planting("a wrong count: revised, and the difference is asked of nobody")
def _wrong_count(act: Act) -> Named:
    return _count(act, "p3", Counts(0, 0, 1, 0))


@planting("a wrong count under an open discrepancy, which states another difference")
def _wrong_difference(act: Act) -> Named:
    _count(act, "p1", Counts(0, 0, 0, 0))
    return "discrepancy", str(_open(act, "p1").id)


@planting("the open discrepancy about vials states a count that nobody made")
def _other_numbers(act: Act) -> Named:
    found = _open(act, "p1")
    act.change(Discrepancy, found, found=2)
    return "discrepancy", str(found.id)


@planting("a kit reconciled while the discrepancy about it is open")
def _reconciled_while_open(act: Act) -> Named:
    _move(act, "p1", "reconciled")
    return "kit", kit_of(act, "p1").number


@planting("a discrepancy resolved by nobody")
def _resolved_by_nobody(act: Act) -> Named:
    found = _open(act, "p1")
    act.change(Discrepancy, found, state="resolved", resolution="it is in order")
    return "discrepancy", str(found.id)


@planting("a discrepancy resolved as if a new count added up, without one")
def _resolved_by_no_count(act: Act) -> Named:
    act.change(Discrepancy, _open(act, "p1"), state="resolved", resolution="count_revised", resolved_by="a1",
               resolved_at=act.now)  # fmt: skip
    return "kit_return", str(act.find(KitReturn, lock=False, kit=kit_of(act, "p1").number).id)


@planting("a second open discrepancy about the same vials")
def _asked_twice(act: Act) -> Named:
    found = _open(act, "p1")
    values = found._asdict() | {"id": "plant again"}
    return "discrepancy", act.add(Discrepancy, **values)


@planting("a discrepancy about a kit that adds up")
def _asked_for_nothing(act: Act) -> Named:
    who, kit = act.find(Participant, id="p3"), kit_of(act, "p3")
    key = act.add(Discrepancy, id="plant", participant="p3", site=who.site, kit=kit.number, kind="vials", expected=2,
                  found=1, state="open", opened_at=act.now)  # fmt: skip
    return "discrepancy", key


@planting("a kit whose vials add up waits as if they did not")
def _not_reconciled(act: Act) -> Named:
    _move(act, "p2", "returned")
    _count(act, "p2", Counts(2, 0, 0, 0))
    return "kit", kit_of(act, "p2").number


@planting("a revision of a count left out")
def _revision_gap(act: Act) -> Named:
    return _count(act, "p3", Counts(2, 0, 0, 0), revision=3)


@planting("a kit at home is counted")
def _counted_at_home(act: Act) -> Named:
    return _count(act, "p5", Counts(2, 0, 0, 0))


@planting("a kit on the shelf is counted, which was never given out")
def _counted_on_the_shelf(act: Act) -> Named:
    kit = act.rows(Kit, state="available")[0]
    return _count(act, "p5", Counts(2, 0, 0, 0), kit=kit.number, revision=1)


@planting("a kit comes back and nobody counts it")
def _not_counted(act: Act) -> Named:
    _move(act, "p2", "returned")
    return "kit_return", f"kit {kit_of(act, 'p2').number}"


@planting("vials that somebody used before are not told from those of a kit's holder")
def _used_before(act: Act) -> Named:
    return _count(act, "p3", Counts(1, 1, 0, 0), used_before=1)


@planting("a count under another participant's name")
def _counted_for_another(act: Act) -> Named:
    _move(act, "p2", "returned", "reconciled")
    return _count(act, "p2", Counts(2, 0, 0, 0), participant="p4")


@planting("a dose from another's kit")
def _from_another(act: Act) -> Named:
    return _dose(act, "p5", 1, kit_of(act, "p2").number)


@planting("a dose from a kit on the shelf")
def _from_the_shelf(act: Act) -> Named:
    return _dose(act, "p5", 1, act.rows(Kit, state="available")[0].number)


@planting("more doses from a kit than it has vials")
def _too_many_doses(act: Act) -> Named:
    number = kit_of(act, "p5").number
    return [_dose(act, "p5", dose, number) for dose in (1, 2, 3)][-1]


@planting("a revision of a dose left out")
def _dose_revision_gap(act: Act) -> Named:
    return _dose(act, "p5", 1, kit_of(act, "p5").number, revision=2)


@planting("a dose that the schedule does not have")
def _no_such_dose(act: Act) -> Named:
    return _dose(act, "p1", 85, None, kind="scheduled", outcome="missed", taken_on=None)


@planting("a discrepancy about the diary states another number of doses")
def _diary_numbers(act: Act) -> Named:
    found = _open(act, "p1", "diary")
    act.change(Discrepancy, found, found=3)
    return "discrepancy", str(found.id)


@planting("a discrepancy about the diary closed as if both agreed")
def _diary_closed(act: Act) -> Named:
    act.change(Discrepancy, _open(act, "p1", "diary"), state="resolved", resolution="agrees_now", resolved_by="a1",
               resolved_at=act.now)  # fmt: skip
    return "kit_return", str(act.find(KitReturn, lock=False, kit=kit_of(act, "p1").number).id)


@planting("adherence is asked about, and no dose is beyond those due")
def _adherence_for_nothing(act: Act) -> Named:
    who = act.find(Participant, id="p5")
    key = act.add(Discrepancy, id="plant", participant="p5", site=who.site, kind="adherence", expected=3, found=3,
                  state="open", opened_at=act.now)  # fmt: skip
    return "discrepancy", key


def _set_aside(act: Act, site: str, ordinal: int = 1) -> str:  # for p5, who is of site 02
    kit: str = act.rows(Kit, state="available", site=site)[0].number
    assigning.set_aside(act, act.find(Participant, id="p5"), "day-29", kit, ordinal)
    return kit


@planting("a kit that stays assigned at a site where nobody can hand it out")
def _waits_elsewhere(act: Act) -> Named:
    return "kit", _set_aside(act, "01")


@planting("two kits that wait for one visit")
def _two_wait(act: Act) -> Named:
    return "assignment", str(act.find(Assignment, kit=max(_set_aside(act, "02"), _set_aside(act, "02", 2))).id)


@planting("a kit that is gone, and its visit waits for it")
def _waits_for_what_is_gone(act: Act) -> Named:
    kit = act.find(Kit, number=_set_aside(act, "02"))
    ledger.move(act, kit, "lost", site=kit.site, participant=kit.participant)
    return "assignment", str(act.find(Assignment, kit=kit.number).id)


def _by_express(act: Act, *ordinals: int) -> Named:  # for p5's next visit
    kits = [kit.number for kit in act.rows(Kit, state="at_depot")][: len(ordinals)]
    for number, ordinal in zip(kits, ordinals, strict=True):
        box = act.add(Shipment, id=f"x-{number}", number=f"S-{number}", site="02", kind="express", state="requested",
                      kits=1, requested_at=act.now)  # fmt: skip
        act.add(Express, shipment=box, participant="p5", site="02", visit="day-57", ordinal=ordinal, kit=number)
        ledger.move(act, act.find(Kit, number=number), "packed", site="02", shipment=box)
    return "kit_allowance", f"kit {kits[-1]}"


@planting("a third kit sent by express without a second person's word")
def _third_by_express(act: Act) -> Named:
    return _by_express(act, 3)


@planting("three kits sent by express, each as the first of one visit")
def _first_by_express(act: Act) -> Named:
    return _by_express(act, 1, 1, 1)


@planting("a kit destroyed without a disposal")
def _destroyed_alone(act: Act) -> Named:
    _move(act, "p3", "destroyed")
    return "kit", kit_of(act, "p3").number


@planting("a disposal that is done, its kit still there")
def _still_there(act: Act) -> Named:
    kit = kit_of(act, "p3")
    return "disposal", dispose(act, "done", kit.site, [kit.number])


@planting("a kit in two disposals")
def _in_two(act: Act) -> Named:
    kit = kit_of(act, "p6")
    return "disposal", dispose(act, "proposed", kit.site, [kit.number])


@planting("whoever destroyed a kit was their own witness")
def _own_witness(act: Act) -> Named:
    kit = kit_of(act, "p3")
    _move(act, "p3", "destroyed")
    return "disposal", dispose(act, "done", kit.site, [kit.number], proposed_by=act.actor.account)


@planting("a disposal of another site's kit")
def _of_another_site(act: Act) -> Named:
    kit = kit_of(act, "p3")
    other = next(site for site in ("01", "02") if site != kit.site)
    return "disposal", dispose(act, "proposed", other, [kit.number])
