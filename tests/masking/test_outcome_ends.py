"""Raters and the laboratory at the doors of AE, diary, kit, supply and safety, others at the laboratory's; no score.

The house's rule for a page group that a role does not have: 403, and the same body whatever stands in the address.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from irt.actor import SITE_ROLES, Role
from irt.dispensing.planned import planned_visits
from irt.outcomes.scoring import tis_of
from irt.outcomes.tables import EnzymeChoice, OutcomeForm
from irt.participants.tables import Participant
from irt.simulation.cast import login_of
from irt.web import create
from irt.web.pages import ASSETS, ROUTES, Audience
from tests.databases import DIALECTS, Database, fresh_postgresql
from tests.masking.crawl import LATER, objects_of, paths_of
from tests.masking.outcome_ends import SCORE, TELLING, lose_a_box, rate_to_score
from tests.masking.rare import Rare
from tests.masking.trial import PASSWORD, Trial, live, mail_server, settings_for

RATERS = (Role.ASSESSOR, Role.PHYSICIAN_ASSESSOR, Role.LABORATORY)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# Page groups of AE, diary, kit, supply and safety, and what else no rater has a part in.
SHUT = frozenset({
    "events", "special", "safety", "coding", "desk", "code_breaks", "envelopes", "labs", "intercurrent",
    "doses", "papers", "dispensing", "returns", "disposals", "mishaps", "books", "changes", "deviations", "eligibility",
    "supply", "lots", "depot", "quarantines", "recall", "labels", "forecast",
    "sites", "people", "audit", "jobs", "lock", "review", "release", "rehearsal",
})  # fmt: skip
# Page groups that some rater has a part in: other tests say what they see there.
SHARED = frozenset({
    "auth", "paper_codes", "home", "notices", "participants", "unblindings", "study", "visits", "results",
    "outcomes", "kiosk", "queries", "board", "progress",
})  # fmt: skip
# Shown once to whom it was opened for, or asked for by a form alone: tests/web/test_code_breaks.py, test_desk_pages.py
ONCE = frozenset({
    "code_breaks.shown", "code_breaks.practice_shown", "desk.shown_for_report", "desk.opened", "desk.closed",
    "events.begun",  # leads on to another page
    "supply.logger",  # no box of this trial came with the report of a logger: tests/web/test_storage_pages.py
})  # fmt: skip
NOTHING = ("zzzzzzzzzzzzzzzzzzzz", "98765")  # ids of no object; the second where the address wants a number
TOKENS = re.compile(rb'(name="(?:csrf_token|request_id)" value=")[^"]*"')
SAYS_A_SCORE = re.compile(rf"(?<![\d.]){re.escape(SCORE)}(?![\d.])|\bTIS\b|\bDOI\b|[Rr]esponder|应答|改善评分")


@dataclass
class Lived:
    """A trial with something behind every door, and its pages."""

    trial: Trial
    app: Flask
    objects: dict[str, list[str]]
    participant: str
    elsewhere: str  # the site of the mishap
    read: dict[str, list["Page"]] = field(default_factory=dict)  # by role

    def client(self, role: str, site: str | None = None) -> FlaskClient:
        """Somebody with this role alone, signed in; of a site role at the site that most objects are of."""
        client = self.app.test_client()
        page = client.get("/sign-in").text
        tokens = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        login = login_of(role, (site or self.trial.sites[0]) if role in SITE_ROLES else None)
        answer = client.post("/sign-in", data={**tokens, "login": login, "password": PASSWORD})
        assert answer.status_code == 303, role
        return client

    def rules(self) -> list[Rule]:
        """Every route that some page declares."""
        return sorted(
            (rule for rule in self.app.url_map.iter_rules() if rule.endpoint not in ASSETS), key=lambda one: one.rule
        )

    def paths(self, rule: Rule) -> list[str]:
        """The addresses of a route with ids of existing objects, as many as there are, forty at most.

        Where an instrument stands in it, every one at every visit of the participant who has values.
        """
        if "instrument" in rule.arguments:
            return list(paths_of(self.app, rule, self.objects | {"participant": [self.participant]}, []))
        return list(islice(paths_of(self.app, rule, self.objects, self.objects["entry"][:3]), 40))

    def nowhere(self, rule: Rule) -> str:
        """The same with ids of nothing."""
        name, number = NOTHING
        return re.sub("<([^<>]*)>", lambda found: number if found[1].startswith("int:") else name, rule.rule)


@dataclass(frozen=True)
class Page:
    """What matters of a page that was read."""

    path: str
    tells: bool  # the laboratory's value
    scores: list[str]


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory, shared_run: tuple[Path, str]) -> Iterator[Callable[[str], Lived]]:
    """The trial on a kind of database, lived when it is first asked for, and once."""
    found: dict[str, Lived] = {}
    with ExitStack() as stack:
        box = stack.enter_context(mail_server())

        def of(dialect: str) -> Lived:
            if dialect not in found:
                folder: Path = tmp_path_factory.mktemp("ends")
                for name in ("secret", "database"):
                    (folder / name).mkdir()
                url = f"sqlite:///{folder}/database/irt.sqlite"
                made = Database(dialect, url, url)
                if dialect == "postgresql":
                    made = stack.enter_context(fresh_postgresql(*shared_run))
                rare = Rare.drawn(1)
                settings = settings_for(folder / "secret", rare, made.url, made.owner_url)
                found[dialect] = _with_ends(live(settings, rare, 12, box))
            return found[dialect]

        yield of
        for one in found.values():
            one.trial.service.database.write.dispose()
            one.trial.service.database.read.dispose()


def _with_ends(trial: Trial) -> Lived:
    mishap, elsewhere = lose_a_box(trial.desk, trial.cast)
    objects = objects_of(trial)
    objects["mishap"].insert(0, mishap)
    rate_to_score(trial.desk, trial.cast, trial.sites[0], objects["participant"][0])
    return Lived(trial, create(trial.service), objects, objects["participant"][0], elsewhere)


@pytest.fixture
def lived(lives: Callable[[str], Lived], database: str) -> Lived:
    return lives(database)


def spread(paths: Sequence[str], most: int) -> list[str]:
    """Some of these, from the first to the last."""
    return [paths[place * (len(paths) - 1) // (most - 1)] for place in range(most)] if len(paths) > most else [*paths]


def admits(endpoint: str, role: Role) -> bool:
    roles = ROUTES[endpoint].roles
    return roles in (Audience.ANYBODY, Audience.SIGNED_IN) or role in roles  # type: ignore[operator]


def answered(client: FlaskClient, method: str, path: str, token: str) -> tuple[int, bytes]:
    answer = client.open(path, method=method, data={"csrf_token": token} if method != "GET" else None)
    return answer.status_code, TOKENS.sub(rb"\1", answer.data)


def token_of(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]*)"', client.get("/").text)
    assert found is not None
    return found[1]


def test_every_page_group_is_known_to_be_shut_or_shared() -> None:
    groups = {endpoint.partition(".")[0] for endpoint in ROUTES}
    assert groups <= SHUT | SHARED, "say of a new page group whether raters have a part in it"
    for role in RATERS:
        opened = {endpoint for endpoint in ROUTES if endpoint.partition(".")[0] in SHUT and admits(endpoint, role)}
        assert opened == set(), role
    others = {endpoint for endpoint in ROUTES if endpoint.startswith("results.") and any(
        admits(endpoint, role) for role in Role if role is not Role.LABORATORY)}  # fmt: skip
    assert others == set()


@pytest.mark.long(40)
@pytest.mark.parametrize("role", RATERS)
def test_an_object_that_is_there_answers_as_one_that_is_not(lived: Lived, role: Role) -> None:
    shut_to(lived, role, [rule for rule in lived.rules() if not admits(rule.endpoint, role)], at_least=130)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.LABORATORY, Role.OPERATOR}))
def test_the_results_of_the_laboratory_are_shut_to_everybody_else(lived: Lived, role: Role) -> None:
    shut_to(lived, role, [rule for rule in lived.rules() if rule.endpoint.startswith("results.")], at_least=6)


def shut_to(lived: Lived, role: Role, rules: list[Rule], *, at_least: int) -> None:
    """Every method at these routes says the same of what is there as of what is not: that the page is not theirs."""
    client = lived.client(role)
    token, asked = token_of(client), 0
    for rule in rules:
        known = lived.paths(rule)
        assert known, rule.rule
        for method in METHODS:
            status, body = answered(client, method, lived.nowhere(rule), token)
            assert status in ((403,) if method in (rule.methods or ()) else (403, 405)), (method, rule.rule)
            for path in spread(known, 3):  # on either database: six of each
                assert answered(client, method, path, token) == (status, body), (role, method, path)
                asked += 1
    assert len(rules) >= at_least
    assert asked >= len(rules) * len(METHODS)


def test_who_is_entitled_gets_the_page_of_the_same_ids(lived: Lived) -> None:
    clients: dict[tuple[str, str | None], FlaskClient] = {}
    opened: dict[str, str] = {}
    wanted = [rule for rule in lived.rules() if "GET" in (rule.methods or ()) and rule.endpoint not in ONCE | LATER
              and rule.endpoint.partition(".")[0] in SHUT | {"results"}]  # fmt: skip
    for rule in wanted:
        roles = [role for role in sorted(ROUTES[rule.endpoint].roles) if role != Role.OPERATOR]  # type: ignore[arg-type]
        people = [
            (role, site) for role in roles for site in ((None, lived.elsewhere) if role in SITE_ROLES else (None,))
        ]
        for who in people:
            if who not in clients:
                clients[who] = lived.client(*who)
            found = (path for path in lived.paths(rule) if clients[who].get(path).status_code == 200)
            if path := next(found, None):
                opened[rule.endpoint] = f"{who[0]} {path}"
                break
    print("\n".join(f"{endpoint}: {how}" for endpoint, how in sorted(opened.items())))
    left = " ".join(sorted({rule.endpoint for rule in wanted} - set(opened)))
    assert left == "", "an id that nobody gets a page of shows nothing"
    assert len(opened) > 120


@pytest.mark.long(30)
def test_the_laboratory_reads_its_value_and_no_page_of_others_holds_it(lived: Lived) -> None:
    assert TELLING in lived.client(Role.LABORATORY).get(f"/results/of/{lived.participant}").text
    assert [page.path for page in pages_of(lived, Role.LABORATORY) if page.tells], "it is there to be found"
    for role in sorted(set(Role) - {Role.LABORATORY, Role.OPERATOR}):
        assert [page.path for page in pages_of(lived, role) if page.tells] == [], role


def test_every_result_and_every_spelling_of_a_visit_is_asked_for(lived: Lived) -> None:
    """By their addresses: what the laboratory has of cytokines, and visits outside the plan as each page knows them."""
    early, day, additional = lived.objects["visit"][3:]
    assert (early[:3], day[:4], additional[:2]) == ("ET.", "day-", "X.")
    read = {page.path for role in (Role.LABORATORY, *sorted(SITE_ROLES)) for page in pages_of(lived, role)}
    results, outcomes = f"/results/of/{lived.participant}", f"/outcomes/{lived.participant}"
    for step in ("record", "correct"):
        assert f"{results}/W12/cytokines/{step}" in read
    for instrument in ("t_cells", "cytokines", "blood_count"):
        assert f"{results}/{additional}/{instrument}/record" in read
    assert {path.rpartition("/")[2] for path in read if path.startswith(f"{outcomes}/")} >= {early, day}


@pytest.mark.parametrize("role", sorted(SITE_ROLES | {Role.LABORATORY}))
def test_no_page_of_a_site_says_a_score(lived: Lived, role: Role) -> None:
    assert score(lived.trial, lived.participant) == SCORE, "the score is there to be found"
    pages = pages_of(lived, role)
    assert len(pages) > 5
    assert [(page.path, page.scores) for page in pages if page.scores] == []


def pages_of(lived: Lived, role: Role) -> list[Page]:
    """Every page that is open to a role, each with the ids of many objects; read once."""
    if role not in lived.read:
        client = lived.client(role)
        lived.read[role] = [
            Page(path, TELLING in answer.text, SAYS_A_SCORE.findall(answer.text))
            for rule in lived.rules()
            if "GET" in (rule.methods or ()) and admits(rule.endpoint, role) and rule.endpoint != "auth.sign_out"
            for path in (lived.paths(rule) if "instrument" in rule.arguments else spread(lived.paths(rule), 12))
            if (answer := client.get(path)).status_code == 200 and answer.mimetype.startswith("text/")
        ]
    return lived.read[role]


def score(trial: Trial, participant: str) -> str:
    """The score of week 12, from what is recorded."""
    study = trial.service.study
    with trial.service.database.reading(trial.cast.one("auditor")) as session:
        person = session.scalars(select(Participant).filter_by(id=participant)).one()
        forms = list(session.scalars(select(OutcomeForm).filter_by(participant=participant)))
        choices = list(session.scalars(select(EnzymeChoice).filter_by(participant=participant)))
        planned = planned_visits(study, person.first_dose_on, person.first_dose_on)
        total = tis_of(study, forms, choices, planned, "W12").total
    assert total is not None
    return str(float(total))


SPEAKING: Mapping[str, bool] = {
    f"<td>{SCORE}</td>": True, "TIS at week 12": True, "(DOI)": True, "Responder": True, "应答者": True,
    "167.5": False, "67.53": False, "NOTIS": False, "67": False,
}  # fmt: skip


@pytest.mark.parametrize(("page", "says"), SPEAKING.items())
def test_a_score_in_a_page_is_found(page: str, says: bool) -> None:
    assert bool(SAYS_A_SCORE.search(page)) is says
