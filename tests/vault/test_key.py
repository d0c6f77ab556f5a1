import copy
import os
import pickle
import stat

import pytest

from irt.vault._seal import KeyUnusable, VaultKey, derive

SECRET = bytes(range(32))


def test_key_file_is_read_back_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "vault.key"
    made = VaultKey.create(path, SECRET)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert VaultKey.read(path).key_id == made.key_id
    assert derive(VaultKey.read(path), "x") == derive(made, "x")


def test_existing_key_file_is_kept(tmp_path):
    path = tmp_path / "vault.key"
    VaultKey.create(path, SECRET)
    before = path.read_bytes()
    with pytest.raises(KeyUnusable, match=r"vault\.key: exists already"):
        VaultKey.create(path, bytes(32))
    assert path.read_bytes() == before


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(KeyUnusable, match=r"nowhere/vault\.key: cannot be created .* create its folder"):
        VaultKey.create(tmp_path / "nowhere" / "vault.key", SECRET)


def test_missing_file_names_path_and_remedy(tmp_path):
    with pytest.raises(KeyUnusable, match=r"vault\.key: not found; restore it"):
        VaultKey.read(tmp_path / "vault.key")


def test_folder_is_not_a_key(tmp_path):
    with pytest.raises(KeyUnusable, match="not a regular file"):
        VaultKey.read(tmp_path)


@pytest.mark.parametrize("mode", [0o444, 0o440, 0o604, 0o620])
def test_file_open_to_others_is_refused_with_its_remedy(tmp_path, mode):
    path = tmp_path / "vault.key"
    VaultKey.create(path, SECRET)
    os.chmod(path, mode)
    with pytest.raises(KeyUnusable, match=rf"vault\.key: mode {mode:04o} .*chmod 0400"):
        VaultKey.read(path)


GOOD = f"irt-vault-key-1:{SECRET.hex()}\n".encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "wrong format"),
        (SECRET, "wrong format"),
        (GOOD[:-3], "wrong length"),
        (GOOD[:-1] + b"00\n", "wrong length"),
        (GOOD + GOOD, "wrong length"),
        (GOOD[:-3] + b"zz\n", "wrong format"),
        (GOOD[:-3] + b"  \n", "wrong format"),
        (GOOD[:-3] + "é\n".encode(), "wrong format"),
    ],
)
def test_malformed_file_is_refused_without_showing_it(tmp_path, content, words):
    path = tmp_path / "vault.key"
    path.write_bytes(content)
    path.chmod(0o400)
    with pytest.raises(KeyUnusable, match=words) as refusal:
        VaultKey.read(path)
    assert SECRET.hex()[:12] not in str(refusal.value)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize("token", [b"", bytes(31), bytes(33), "x" * 32])
def test_key_has_32_bytes(tmp_path, token):
    with pytest.raises(ValueError, match="exactly 32 bytes"):
        VaultKey.create(tmp_path / "vault.key", token)
    assert not (tmp_path / "vault.key").exists()


def test_key_shows_its_id_only_and_cannot_stray():
    key = VaultKey(SECRET)
    assert len(key.key_id) == 8
    assert repr(key) == f"{key}" == f"<vault key {key.key_id}>"
    assert key.key_id != VaultKey(bytes(32)).key_id
    assert SECRET.hex()[:8] != key.key_id
    for act in (pickle.dumps, copy.copy, copy.deepcopy, hash, vars, lambda k: k == k):
        with pytest.raises(TypeError):
            act(key)
    with pytest.raises(AttributeError):
        key.key_id = "00000000"
    with pytest.raises(AttributeError):
        del key.key_id


def test_each_purpose_has_its_own_bytes():
    key = VaultKey(SECRET)
    purposes = ["", "seal", "audit", "key id", "seal AES-256-GCM"]
    derived = {derive(key, purpose) for purpose in purposes}
    assert len(derived) == len(purposes)
    assert all(len(value) == 32 for value in derived)
    assert SECRET not in derived
