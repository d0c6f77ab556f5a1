"""A wrong key is noticed at the start, and before that it can use no slot."""

import base64
import os
from pathlib import Path

import pytest

from irt.app import build
from irt.gate.keys import KeyFileError
from irt.randomization.randomize import RandomizeOrder, randomize
from irt.settings import Settings
from irt.vault import KeyUnusable, SealBroken, Vault
from irt.vault._seal import VaultKey
from irt.vault._tables import Draw, StratumCounter, VaultCheck
from irt.vault.proof import LayProof, lay_proof
from tests.cast import STUDY_FILE, World, world
from tests.stocked import eligible, running_trial

RIGHT, WRONG = bytes(range(32, 64)), bytes(range(64, 96))
OURS = bytes(range(32))  # the service key of tests/cast.py


def settings(url: str, folder: Path, secret: bytes | None, service: bytes = OURS) -> Settings:
    made = Settings(database_url=url, study=STUDY_FILE, keys=folder / "keys")
    made.keys.mkdir()
    made.service_key.touch(mode=0o600)
    made.service_key.write_bytes(base64.b64encode(service))
    if secret is not None:
        VaultKey.create(made.vault_key, secret)
    return made


@pytest.fixture
def sealed(database_url: str) -> World:
    made = world(database_url)
    made.do(lay_proof, LayProof(), by="operator")
    return made


def test_the_right_key_starts_and_the_proof_is_laid_once(sealed: World, database_url: str, tmp_path: Path) -> None:
    sealed.do(lay_proof, LayProof(), by="operator")
    assert len(sealed.rows(VaultCheck)) == 1
    assert build(settings(database_url, tmp_path, RIGHT)).vault.key.key_id == sealed.vault.key.key_id


def test_a_wrong_key_does_not_start(sealed: World, database_url: str, tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="is not the key that this database was sealed with; restore"):
        build(settings(database_url, tmp_path, WRONG))


def test_a_wrong_service_key_does_not_start(sealed: World, database_url: str, tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="is not the key that this database was laid out with; restore"):
        build(settings(database_url, tmp_path, RIGHT, WRONG))


def test_a_service_key_that_others_can_read_does_not_start(sealed: World, database_url: str, tmp_path: Path) -> None:
    made = settings(database_url, tmp_path, RIGHT)
    os.chmod(made.service_key, 0o640)
    with pytest.raises(KeyFileError, match="can be read by others"):
        build(made)


def test_a_missing_key_does_not_start(sealed: World, database_url: str, tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match=r"vault\.key: not found; restore"):
        build(settings(database_url, tmp_path, None))


def test_a_key_that_others_can_read_does_not_start(sealed: World, database_url: str, tmp_path: Path) -> None:
    made = settings(database_url, tmp_path, RIGHT)
    os.chmod(made.vault_key, 0o644)
    with pytest.raises(KeyUnusable, match="lets other users at it"):
        build(made)


def test_an_act_under_a_wrong_key_uses_no_slot(database_url: str) -> None:
    trial = running_trial(database_url, "01")
    one = eligible(trial)
    before = trial.snapshot()
    trial.vault = Vault(VaultKey(WRONG))
    trial.__dict__.pop("service")  # wired anew, with the wrong key
    with pytest.raises(SealBroken):
        trial.perform(randomize, RandomizeOrder(participant=one.id), by="coordinator_01")
    assert trial.snapshot() == before
    assert trial.rows(Draw) == []
    assert {row.used for row in trial.rows(StratumCounter)} == {0}
