"""The rules of the rooms hold in irt/, and each detector finds what is planted for it."""

import pytest

from tests.house import rooms
from tests.house.sources import Source, python_sources

PLANTED = [
    (rooms.outside_world, "irt/supply/labels.py", "from flask_login import current_user"),
    (rooms.outside_world, "irt/dispensing/doses.py", "def later():\n    import smtplib"),
    (rooms.outside_world, "irt/safety/clocks.py", "from apscheduler.schedulers.background import BackgroundScheduler"),
    (rooms.outside_world, "irt/paper/card.py", "from flask_babel import gettext"),
    (rooms.own_time_or_chance, "irt/paper/sheet.py", "from datetime import datetime\ndatetime.now()"),
    (rooms.own_time_or_chance, "irt/participants/enrol.py", "act.session.commit()"),
    (rooms.own_time_or_chance, "irt/participants/visits.py", "from datetime import datetime as d\nd.now()"),
    (rooms.own_time_or_chance, "irt/participants/visits.py", "import datetime\nclock = datetime.date.today"),
    (rooms.own_time_or_chance, "irt/participants/visits.py", "from datetime import datetime\ndatetime.now()"),
    (rooms.own_time_or_chance, "irt/participants/visits.py", "import datetime\ndatetime.datetime.utcnow()"),
    (rooms.own_time_or_chance, "irt/participants/visits.py", "import time\ntime.time()"),
    (rooms.own_time_or_chance, "irt/randomization/randomize.py", "from random import choice"),
    (rooms.own_time_or_chance, "irt/randomization/randomize.py", "import numpy.random\nnumpy.random.default_rng()"),
    (rooms.own_time_or_chance, "irt/vault/_seal.py", "import os\nnonce = os.urandom(12)"),
    (rooms.own_time_or_chance, "irt/vault/_blocks.py", "import numpy as np\nnp.random.shuffle(block)"),
    (rooms.own_time_or_chance, "irt/vault/_blocks.py", "from numpy.random import default_rng\ndefault_rng()"),
    (rooms.vault_visitors, "irt/web/kits.py", "from irt.vault import blind"),
    (rooms.vault_visitors, "irt/participants/enrol.py", "from ..vault.blind import draw"),
    (rooms.vault_visitors, "irt/supply/ledger.py", "from irt.vault._tables import SealedKit"),
    (rooms.vault_visitors, "irt/dispensing/dispense.py", "import irt.vault.reveal"),
    (rooms.vault_visitors, "irt/assurance/masking.py", "import irt.vault._seal as seal"),
    (rooms.vault_visitors, "irt/simulation/trial.py", "from irt.vault.blind import match"),
    (rooms.vault_visitors, "irt/web/login.py", "from irt.vault import Vault"),
    (rooms.vault_visitors, "irt/tables.py", "from irt.vault import blind"),
    (rooms.vault_visitors, "irt/randomization/design.py", "from irt.vault.redraw import redraws"),
    (rooms.vault_visitors, "irt/analysis/final.py", "from irt.vault._blocks import generate"),
    (rooms.vault_visitors, "irt/assurance/verify.py", "from irt.vault import reveal"),
    (rooms.proofs_made, "irt/web/sign.py", "from irt.actor import Signature\nSignature(actor=1)"),
    (rooms.proofs_made, "irt/cli.py", "from irt.actor import Actor as Who\nWho(id=1)"),
    (rooms.proofs_made, "irt/web/sign.py", "from irt import actor\nactor.Signature.model_construct(id=1)"),
    (rooms.opened_named, "irt/web/results.py", "from irt.vault.reveal import Opened"),
    (rooms.opened_named, "irt/supply/forecast.py", "def plan(allocation: reveal.Opened): ..."),
    (rooms.opened_made, "irt/lock/release.py", "from irt.lock.opened import MAKER as KEY, Opened\nOpened(maker=KEY)"),
    (rooms.opened_made, "irt/analysis/final.py", "from irt.lock import opened\nopened.Opened(maker=opened.MAKER)"),
    (rooms.scores_named, "irt/web/board.py", "from irt.lock.extract import masked_tables"),
    (rooms.scores_named, "irt/web/progress.py", "from irt.lock.review import populations_now"),
    (rooms.scores_named, "irt/web/participants.py", "from irt.outcomes.scoring import tis_of"),
    (rooms.scores_named, "irt/web/outcomes.py", "from irt.outcomes import scoring"),
    (rooms.scores_named, "irt/web/board.py", "from irt.outcomes.total_improvement import total_of"),
    (rooms.scores_named, "irt/outcomes/adjudicate.py", "from .scoring import responder_of"),
    (rooms.banned_module_name, "irt/web/utils.py", ""),
    (rooms.banned_module_name, "irt/common/dates.py", ""),
]
ALLOWED = [
    (rooms.outside_world, "irt/web/pages.py", "import flask"),
    (rooms.own_time_or_chance, "irt/gate/perform.py", "session.commit()"),
    (rooms.own_time_or_chance, "irt/dispensing/doses.py", "from datetime import date, timedelta\nday = act.now.date()"),
    (
        rooms.own_time_or_chance,
        "irt/vault/_blocks.py",
        "import numpy as np\nnp.random.Generator(np.random.Philox(key=k))",
    ),
    (rooms.vault_visitors, "irt/randomization/randomize.py", "from irt.vault import blind"),
    (rooms.vault_visitors, "irt/vault/blind.py", "from irt.vault import _tables"),
    (rooms.vault_visitors, "irt/assurance/verify.py", "from irt.vault.check import faults"),
    (rooms.proofs_made, "irt/people/credentials.py", "from irt.actor import Actor\nActor(id=1)"),
    (rooms.proofs_made, "irt/gate/perform.py", "from irt.actor import Actor\ndef may(by: Actor): return by.roles"),
    (rooms.proofs_made, "irt/lock/package/odm/trail.py", "import odmlib.odm_1_3_2.model as o\no.Signature(ID=1)"),
    (rooms.vault_visitors, "irt/analysis/rerandomization.py", "from irt.vault.redraw import redraws"),
    (rooms.opened_named, "irt/analysis/final.py", "from irt.vault.reveal import Opened"),
    (rooms.opened_made, "irt/lock/making.py", "from irt.lock.opened import MAKER, Opened\nOpened(maker=MAKER)"),
    (rooms.scores_named, "irt/web/lock_board.py", "from irt.lock.extract import Trial"),
    (rooms.scores_named, "irt/web/progress.py", "from irt.outcomes.scoring import tis_of"),
    (rooms.scores_named, "irt/simulation/tally.py", "from irt.outcomes import scoring"),
    (rooms.banned_module_name, "irt/supply/ledger.py", ""),
]


def ident(value: object) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize("detector", rooms.DETECTORS, ids=ident)
def test_the_code_keeps_the_rule(detector) -> None:
    sources = python_sources("irt")
    assert sources
    assert [finding for source in sources for finding in detector(source)] == []


@pytest.mark.parametrize(("detector", "path", "text"), PLANTED, ids=ident)
def test_a_planted_breach_is_found(detector, path: str, text: str) -> None:
    assert list(detector(Source(path, text)))


@pytest.mark.parametrize(("detector", "path", "text"), ALLOWED, ids=ident)
def test_what_is_allowed_is_left_alone(detector, path: str, text: str) -> None:
    assert list(detector(Source(path, text))) == []


def test_nobody_is_allowed_more_than_they_need() -> None:
    knocked = {visit for source in python_sources("irt") for visit in rooms.visits(source)}
    allowed = {(door, who) for door, visitors in rooms.DOORS.items() for who in visitors}
    assert len(allowed) > 8
    assert allowed - knocked == set()
    assert set(rooms.MAKES_OPENED) <= {source.path for source in python_sources("irt")}
    makers = {path for paths in rooms.MAKERS.values() for path in paths}
    assert makers <= {source.path for source in python_sources("irt")}


def test_every_detector_has_a_planted_breach() -> None:
    assert {detector for detector, _, _ in PLANTED} == set(rooms.DETECTORS)
