"""What each room may hold: detectors that read a source and list what breaks a rule, as `path:line what`.

The allow-lists of the house stand here and nowhere else; a new entry needs a reason beside it.
"""

import ast
from collections.abc import Iterator

from tests.house.sources import Source

DOMAIN = frozenset({
    "conduct", "participants", "vault", "supply", "randomization", "dispensing",
    "safety", "outcomes", "lock", "analysis", "paper",
})  # fmt: skip
OUTSIDE_WORLD = frozenset({"apscheduler", "smtplib"})
CLOCKS = frozenset(
    f"{module}{name}"
    for module, names in {
        "datetime.datetime.": ("now", "utcnow", "today"),
        "datetime.date.": ("today",),
        "time.": ("time", "time_ns", "localtime", "gmtime", "strftime"),
    }.items()
    for name in names
)
CHANCE = ("random", "secrets", "os.urandom", "uuid.uuid1", "uuid.uuid4")
SEEDED = frozenset({"Generator", "BitGenerator", "SeedSequence", "Philox", "PCG64", "PCG64DXSM", "default_rng"})

# Who may knock at which door of the vault.
DOORS: dict[str, frozenset[str]] = {
    "irt.vault.blind": frozenset({"irt.supply", "irt.randomization", "irt.dispensing"}),
    # One participant's treatment, for one person: an emergency, or a case of the safety desk.
    "irt.vault.reveal": frozenset({"irt.safety"}),
    # Envelopes are sealed for the safety officer, and opened on a machine that has nothing but the two halves.
    "irt.vault.envelopes": frozenset({"irt.safety", "irt.cli"}),
    # The whole allocation, at the release.
    "irt.vault.release": frozenset({"irt.lock"}),
    # The wiring opens the key file, proves that it fits the database, and hands the vault to the gate.
    "irt.vault.Vault": frozenset({"irt.app", "irt.wiring"}),
    "irt.vault.KeyUnusable": frozenset({"irt.cli"}),
    "irt.vault.proof": frozenset({"irt.app", "irt.simulation", "irt.cli"}),
    # What verification asks answers with names of rows, and the count of mismatched kits.
    # Counts of what lies at the depot, for the supply manager's page alone.
    "irt.vault.stock": frozenset({"irt.web"}),
    "irt.vault.check": frozenset({"irt.assurance", "irt.simulation"}),
    # Lists that might have been, by the generator's law and the caller's secret: it opens nothing. The rehearsal's
    # invented list is such a one.
    "irt.vault.redraw": frozenset({"irt.analysis", "irt.lock"}),
}
BEHIND: dict[str, frozenset[str]] = {
    # Migrations need every table's definition in one place.
    "irt.tables": frozenset({"irt.vault._tables"}),
}

# What computes a score is named by the analysis and what leads to it, by the pooled view of the trial statistician,
# by the simulation's tally and by `irt score`: no page of a site can show what it does not import.
SCORERS = ("irt.lock", "irt.analysis", "irt.web.progress", "irt.simulation", "irt.cli")
LOCK_PAGES = tuple(f"irt.web.{name}" for name in ("lock_board", "lock", "review", "release", "rehearsal"))
SCORES: dict[str, tuple[str, ...]] = {
    # Tables with scores and responses in them: listings of the blind review are its pages' alone.
    "irt.lock.extract": ("irt.lock", "irt.simulation", *LOCK_PAGES),
    "irt.lock.review": ("irt.lock", "irt.simulation", *LOCK_PAGES),
    "irt.outcomes.scoring": SCORERS,
    "irt.outcomes.response": SCORERS,
    **{
        f"irt.outcomes.{pure}": (*SCORERS, "irt.outcomes")
        for pure in ("total_improvement", "definition_of_improvement", "primary", "cases", "case_table")
    },
}

# A type one holds is a proof that somebody signed in, so only these make one.
MAKERS: dict[str, frozenset[str]] = {
    "Actor": frozenset({"irt/people/credentials.py"}),
    "Signature": frozenset({"irt/people/credentials.py"}),
}
# The opened allocation has one exit, and is made in two places: of what a release opened, of a verified package.
OPENED = ("irt/lock/", "irt/analysis/")
MAKES_OPENED = ("irt/lock/opened.py", "irt/lock/making.py", "irt/lock/package/reading.py")
BANNED_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "services", "service"}
)


def outside_world(source: Source) -> Iterator[str]:
    """A domain package imports no web framework, scheduler or mail: those are doors, and the domain is behind them."""
    if source.package in DOMAIN:
        for line, full, _ in source.imports():
            first = full.split(".")[0]
            if first in OUTSIDE_WORLD or first.split("_")[0] == "flask":
                yield f"{source.path}:{line} imports {first}"


def own_time_or_chance(source: Source) -> Iterator[str]:
    """A domain package takes time from `act.now`, has randomness handed in, and leaves the commit to the gate."""
    if source.package not in DOMAIN:
        return
    for line, full, _ in source.imports():
        if full.split(".")[0] in {"random", "secrets"} or full in CHANCE:
            yield f"{source.path}:{line} imports {full}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and source.named(node) in CLOCKS:
            yield f"{source.path}:{node.lineno} reads the clock: {source.named(node)}"
        if isinstance(node, ast.Call):
            name = source.named(node.func)
            if isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
                yield f"{source.path}:{node.lineno} commits"
            elif name in CHANCE or _unseeded(name, node):
                yield f"{source.path}:{node.lineno} makes its own chance: {name}"


def _unseeded(name: str, call: ast.Call) -> bool:
    module, _, last = name.rpartition(".")
    return module == "numpy.random" and (last not in SEEDED or not (call.args or call.keywords))


def vault_visitors(source: Source) -> Iterator[str]:
    """Only those listed in DOORS import a door of the vault, and only those in BEHIND what lies behind them."""
    if source.package == "vault":
        return
    knocks = ".".join(source.module.split(".")[:2])
    for line, full, _ in source.imports():
        if full == "irt.vault" or full.startswith("irt.vault."):
            door = ".".join(full.split(".")[:3])
            if knocks not in DOORS.get(door, ()) and door not in BEHIND.get(source.module, ()):
                yield f"{source.path}:{line} imports {full}"


def visits(source: Source) -> Iterator[tuple[str, str]]:
    """Which doors of the vault a module outside it imports, as (door, the part of the house that knocks)."""
    if source.package != "vault":
        for _line, full, _ in source.imports():
            if full.startswith("irt.vault."):
                yield ".".join(full.split(".")[:3]), ".".join(source.module.split(".")[:2])


def proofs_made(source: Source) -> Iterator[str]:
    """Only those listed in MAKERS make an Actor or a Signature, by call, copy or class method."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        parts = source.named(node.func).split(".")
        if parts[0] == "odmlib":  # an element of that standard, of the same name
            continue
        for proof in {"Actor", "Signature"} & set(parts[-2:]):
            if source.path not in MAKERS[proof]:
                yield f"{source.path}:{node.lineno} makes a {proof}"


def opened_named(source: Source) -> Iterator[str]:
    """`Opened` is named by the lock that makes it and the analysis that needs it."""
    if source.path.startswith(OPENED):
        return
    for node in ast.walk(source.tree):
        names = {getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "name", None)}
        if "Opened" in names:
            yield f"{source.path}:{getattr(node, 'lineno', 0)} names Opened"


def opened_made(source: Source) -> Iterator[str]:
    """Only those listed in MAKES_OPENED hold what `Opened` asks of its maker, under whatever name."""
    if source.path in MAKES_OPENED:
        return
    for node in ast.walk(source.tree):
        names = {getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "name", None)}
        if "MAKER" in names:
            yield f"{source.path}:{getattr(node, 'lineno', 0)} holds the maker of Opened"


def scores_named(source: Source) -> Iterator[str]:
    """Only those listed in SCORES import what computes a score."""
    for line, full, _ in source.imports():
        allowed = SCORES.get(".".join(full.split(".")[:3]), (source.module,))
        if not any(f"{source.module}.".startswith(f"{one}.") for one in allowed):
            yield f"{source.path}:{line} imports {full}"


def banned_module_name(source: Source) -> Iterator[str]:
    """A module is named after what it holds."""
    for part in source.module.split("."):
        if part in BANNED_NAMES:
            yield f"{source.path} is called {part}"


DETECTORS = (
    outside_world,
    own_time_or_chance,
    vault_visitors,
    proofs_made,
    opened_named,
    opened_made,
    scores_named,
    banned_module_name,
)
