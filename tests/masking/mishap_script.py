"""Every path of “What happened?” in every order of its steps, each step a page that somebody fills in."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any

from irt.dispensing.tables import Mishap
from irt.supply.tables import Assignment
from tests.masking.mishap_world import HERE, THERE, Person, Played, enrol
from tests.masking.trial import PASSWORD

TOLD = "The box was taken from the wrong place"
FREE = ("available", "not_dispensed", "quarantined", "damaged", "expired", "missing")
Play = Callable[["Round", Sequence[str], list[Person]], None]
Order = tuple[str, ...]


class Round:
    """One visit at which orders are played, with people who have not been in another order of this visit."""

    def __init__(self, played: Played, visit: str) -> None:
        self.played, self.visit, self.signs_early = played, visit, False

    def ask(self, one: Person, status: int = 303) -> str:
        """The kit of the visit, as the book has it afterwards."""
        self.played.draws(one.turned)
        self.played.send("pharmacist", f"/participants/{one.id}/visits/{self.visit}/assign", one.site, status)
        return self.kit(one)

    def kit(self, one: Person) -> str:
        """The kit that counts for the visit."""
        given = self.played.world.rows(Assignment, participant=one.id, visit=self.visit)
        return str(max(given, key=lambda row: int(row.ordinal)).kit)

    def give(self, one: Person, kit: str, status: int = 303) -> None:
        """Scan and hand over."""
        path = f"/participants/{one.id}/visits/{self.visit}/hand-over"
        self.played.send("pharmacist", path, one.site, status, kit=kit)

    def report(self, one: Person, kit: str, **where: str) -> str:
        """Tell of a wrong box; answers the mishap's page."""
        self.played.draws(one.turned, kit)
        self.played.wrong.append((kit, one.id))
        answers = {"box": "with_participant", "right_box": "at_site", "replace": "yes"} | where
        return self.told("wrong-box", participant=one.id, visit=self.visit, kit=kit, **answers)

    def told(self, form: str, **fields: Any) -> str:
        """Fill in one of the forms; answers the mishap's page, signed already where this order signs early."""
        fields = {"happened_on": self.played.today(), "told": TOLD} | fields
        page = self.played.fill("pharmacist", f"/what-happened/{form}", fields)
        if self.signs_early:
            self.sign(page)
        return page

    def back(self, page: str, unused: int, used: int = 0, broken: int = 0) -> None:
        """Count a box that came back."""
        counts = {"unused": unused, "used": used, "broken": broken, "lost": 0}
        day = self.played.today()
        self.played.send("coordinator", f"{page}/box", returned_on=day, told="It was brought back", **counts)

    def bring_back(self, one: Person, kit: str, unused: int, used: int, broken: int = 0) -> None:
        """Take a box back that nothing was told of."""
        counts = {"unused": unused, "used": used, "broken": broken, "lost": 0}
        path = f"/participants/{one.id}/return"
        self.played.send("pharmacist", path, one.site, kit=kit, returned_on=self.played.today(), **counts)

    def sign(self, page: str) -> None:
        """The investigator reads the note and signs it."""
        self.played.send("investigator", f"{page}/sign", password=PASSWORD)

    @property
    def vials(self) -> int:
        """In a whole box."""
        return self.played.trial.service.study.kit.vials


def wrong_box(state: str, in_books: bool = False) -> Play:
    """Somebody has a box of the other family that was in this state."""

    def play(at: Round, order: Sequence[str], people: list[Person]) -> None:
        one, other = people[0], people[-1]
        right = at.ask(one)
        if in_books:
            at.give(one, right)
        if state in ("assigned", "dispensed", "returned"):
            box = at.ask(other)
            if state != "assigned":
                at.give(other, box)
            if state == "returned":
                at.bring_back(other, box, at.vials - 3, 3)
        else:
            box = at.played.spare(not one.turned)
            at.played.put({box}, state)
            at.played.parked -= {box}
        at.give(one, box, status=422)  # the box in hand is not the one: that is where the question begins
        page, is_back, given = "", False, False
        for step in order:
            if step == "report":
                where = {"box": "recovered" if is_back else "with_participant"}
                page = at.report(one, box, **where, right_box="with_participant" if given else "at_site")
            elif step == "back":
                is_back = True
                if page:
                    at.back(page, at.vials - 3, 3) if state == "returned" else at.back(page, at.vials)
            elif step == "give":
                given = True
                at.give(one, right)
            else:
                at.ask(other)
        if len(people) > 1:
            at.ask(other)
        if not at.signs_early:
            at.sign(page)

    return play


def swapped(at: Round, order: Sequence[str], people: list[Person]) -> None:
    """Two who are not of one family have each other's box."""
    named = dict(zip(("one", "other"), people, strict=True))
    right = {name: at.ask(person) for name, person in named.items()}
    for name, person in named.items():
        at.give(person, right[name])
    has = {"one": right["other"], "other": right["one"]}
    pages: dict[str, str] = {}
    is_back: set[str] = set()
    for step in order:
        what, who = step.split()
        if what == "report":
            where = {"box": "recovered" if who in is_back else "with_participant", "right_box": "not_known"}
            pages[who] = at.report(named[who], has[who], **where)
        else:
            is_back.add(who)
            if who in pages:
                at.back(pages[who], at.vials)
    for name, person in named.items():
        at.ask(person)
        if not at.signs_early:
            at.sign(pages[name])


def gone(what: str, at_home: bool, replace: str = "no") -> Play:
    """A box is lost or damaged."""

    def play(at: Round, order: Sequence[str], people: list[Person]) -> None:
        (one,), page = people, ""
        kit = at.ask(one)
        if at_home:
            at.give(one, kit)
        for step in order:
            if step == "report":
                at.played.draws(one.turned)
                used = {"used": 3} if at_home and what == "lost" else {}
                page = at.told("lost-or-damaged", kit=kit, what=what, replace=replace, **used)
            elif step == "found":
                at.back(page, at.vials - 3, 3)
            elif step == "back":
                counts = (0, 3, at.vials - 3)
                at.back(page, *counts) if page else at.bring_back(one, kit, *counts)
            else:
                at.ask(one)
        at.ask(one)
        if not at.signs_early:
            at.sign(page)

    return play


def in_stock(what: str) -> Play:
    """A box that nobody was to get yet is lost or damaged."""

    def play(at: Round, order: Sequence[str], _people: list[Person]) -> None:
        box, page = at.played.spare(turned=True), ""
        at.played.draws(True)
        for step in order:
            if step == "report":
                page = at.told("lost-or-damaged", kit=box, what=what, replace="no")
            else:
                at.played.send("pharmacist", f"{page}/found")
        if not at.signs_early:
            at.sign(page)

    return play


def still_here(at: Round, order: Sequence[str], people: list[Person]) -> None:
    """The books say handed over, and here it stands."""
    (one,) = people
    kit = at.ask(one)
    at.give(one, kit)
    for step in order:
        if step == "report":
            at.told("still-here", participant=one.id, visit=at.visit, kit=kit, wanted="yes")
        else:
            at.ask(one)
    at.give(one, kit)


def elsewhere(own: str = "no") -> Play:
    """A participant of the other site comes here; what became of the box that they had."""

    def play(at: Round, order: Sequence[str], people: list[Person]) -> None:
        (one,), page, waits = people, "", False
        if own != "no":
            at.give(one, at.ask(one))
        for step in order:
            if step == "come":
                at.played.draws(one.turned)
                card = {"site": HERE, "screening_number": one.number, "randomization_number": one.card}
                page = at.told("another-site", **card, gone=own, **({} if own == "no" else {"used": 3}))
                waits = True
            elif step == "ask at home":
                at.ask(one, status=422 if waits else 303)
            else:
                kit, waits = at.played.world.row(Mishap, id=page.rsplit("/", 1)[1]).replacement_kit, False
                more = {"reason": "The participant went home"} if step == "not-collected" else {}
                at.played.send("pharmacist", f"{page}/{step}", kit=kit, **more)

    return play


def orders_of(*steps: str, first: str = "", then: str = "") -> list[Order]:
    """Every order of the steps in which `first` comes before `then`."""
    return [one for one in permutations(steps) if not then or one.index(first) < one.index(then)]


def paths() -> list[tuple[str, Play, list[Order], tuple[tuple[str, bool], ...]]]:
    """Name, story, orders, and who is in it: site, and whether of the family that is turned."""
    pair, alone = ((HERE, True), (HERE, False)), ((HERE, True),)
    found: list[tuple[str, Play, list[Order], tuple[tuple[str, bool], ...]]] = [
        (f"wrong box, {state}", wrong_box(state), orders_of("report", "back", "give"), alone) for state in FREE
    ]
    found.append(
        (
            "wrong box, the right one in the books",
            wrong_box("available", True),
            orders_of("report", "back", "give"),
            alone,
        )
    )
    found += [
        (f"wrong box, {state} to another", wrong_box(state), orders_of("report", "back", "give", "ask"), pair)
        for state in ("assigned", "dispensed")
    ]
    came_back = wrong_box("returned"), orders_of("report", "back", "give")
    found.append(("wrong box, back from another", *came_back, pair))
    found.append(("swapped", swapped, orders_of("report one", "report other", "back one", "back other"), pair))
    for at_home in (False, True):
        where = "at home" if at_home else "at the site"
        lost = orders_of("report", "ask", "found", first="report", then="found")
        found.append((f"lost {where}", gone("lost", at_home), lost, alone))
        steps = ("report", "ask", "back") if at_home else ("report", "ask")
        found.append((f"damaged {where}", gone("damaged", at_home), orders_of(*steps), alone))
    found.append(("lost, replaced in the step", gone("lost", at_home=False, replace="yes"), [("report",)], alone))
    found.append(("lost from the stock", in_stock("lost"), [("report", "found"), ("report",)], ()))
    found.append(("damaged in stock", in_stock("damaged"), [("report",)], ()))
    found.append(("not handed over", still_here, orders_of("report", "ask"), alone))
    for end in ("hand-over", "not-collected"):
        come = orders_of("come", end, "ask at home", first="come", then=end)
        found.append((f"elsewhere, {end}", elsewhere(), come, ((THERE, True),)))
    found.append(("elsewhere, own box lost", elsewhere("lost"), [("come", "hand-over")], ((THERE, True),)))
    return found


def groups_needed(visits: int) -> list[tuple[str, bool]]:
    """Everybody who is to be enrolled, in this order."""
    return [who for _, _, orders, cast in paths() for _ in range(-(-len(orders) // visits)) for who in cast]


def play_all(played: Played) -> None:
    """Enrol everybody, then play at each visit what can be played by people of their own."""
    study = played.trial.service.study
    visits = [visit.id for visit in study.dispensing_visits[1:]]
    people = iter([enrol(played, *who) for who in groups_needed(len(visits))])
    groups = [
        (name, play, orders, [[next(people) for _ in cast] for _ in range(-(-len(orders) // len(visits)))])
        for name, play, orders, cast in paths()
    ]
    before = 1
    for place, visit in enumerate(visits):
        played.trial.clock.advance(timedelta(days=study.visit(visit).day - before))
        before = study.visit(visit).day
        played.sign_in()
        at = Round(played, visit)
        for name, play, orders, crews in groups:
            for crew, order in zip(crews, orders[place * len(crews) : (place + 1) * len(crews)], strict=False):
                at.signs_early = not at.signs_early
                play(at, order, crew)
                played.orders[name] = played.orders.get(name, 0) + 1
    played.put(played.parked, "available")
    played.parked = set()
