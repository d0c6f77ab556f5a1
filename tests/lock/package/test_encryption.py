"""A package for one reader, and what others are told."""

import pyrage
import pytest

from irt.lock.package.encryption import NotReadable, decrypt, encrypt, encrypted
from irt.lock.package.reading import NotWhole, read_package, verify_package
from tests.lock.package.packages import package, trial


@pytest.fixture(scope="module")
def key() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


def kept(key: pyrage.x25519.Identity) -> str:
    """The file that age-keygen writes."""
    return f"# created: 2029-01-01T00:00:00Z\n# public key: {key.to_public()}\n{key}\n"


def test_the_holder_of_the_key_reads_it_and_nobody_else(key) -> None:
    closed = encrypt(package(), str(key.to_public()))
    assert encrypted(closed)
    assert not encrypted(package())
    assert b"README" not in closed
    assert decrypt(closed, kept(key)) == package()
    assert decrypt(closed, kept(key).replace("\n", "\r\n")) == package()
    assert dict(read_package(closed, kept(key)).tables) == dict(trial().tables)
    with pytest.raises(NotReadable, match=r"encrypted for another key, or was damaged.*or ask for it to be encrypted"):
        decrypt(closed, kept(pyrage.x25519.Identity.generate()))


def test_of_several_keys_the_right_one_is_found(key) -> None:
    both = kept(pyrage.x25519.Identity.generate()) + kept(key)
    assert decrypt(encrypt(b"x", f" {key.to_public()}\n"), both) == b"x"


@pytest.mark.parametrize("place", [30, 200, 5000, -1])
def test_a_damaged_file_is_said_to_be_so(key, place: int) -> None:
    closed = bytearray(encrypt(package(), str(key.to_public())))
    closed[place] ^= 1
    with pytest.raises(NotReadable, match="package: "):
        decrypt(bytes(closed), kept(key))


@pytest.mark.parametrize("recipient", ["", "age1", "ssh-ed25519 AAAA", "age1" + "q" * 58, "AGE-SECRET-KEY-1"])
def test_what_is_no_public_key_is_refused(recipient: str) -> None:
    with pytest.raises(NotReadable, match="recipient: is no public key of age; give the line that begins with age1"):
        encrypt(b"x", recipient)


def test_a_secret_key_is_never_shown_where_it_is_refused(key) -> None:
    with pytest.raises(NotReadable) as refused:
        encrypt(b"x", str(key))
    assert "AGE-SECRET-KEY-1Q" not in str(refused.value)
    mistyped = str(key)[:-1] + ("Q" if str(key)[-1] != "Q" else "P")
    with pytest.raises(NotReadable, match="mistyped") as refused:
        decrypt(encrypt(b"x", str(key.to_public())), mistyped)
    assert mistyped[16:] not in str(refused.value)


@pytest.mark.parametrize("identity", ["", "hello", "age1qqqq"])
def test_what_is_no_identity_is_refused(key, identity: str) -> None:
    with pytest.raises(NotReadable, match="identity: holds no secret key of age; give the file that age-keygen wrote"):
        decrypt(encrypt(b"x", str(key.to_public())), identity)


def test_a_package_that_is_not_encrypted_asks_for_no_identity(key) -> None:
    with pytest.raises(NotReadable, match="is not encrypted"):
        read_package(package(), kept(key))


def test_without_an_identity_it_says_that_it_is_encrypted(key) -> None:
    closed = encrypt(package(), str(key.to_public()))
    (mistake,) = verify_package(closed)
    assert "is encrypted with age; give the identity file" in mistake
    with pytest.raises(NotWhole, match="is encrypted with age"):
        read_package(closed)


def test_a_package_with_a_mistake_is_not_opened() -> None:
    with pytest.raises(NotWhole) as refused:
        read_package(package()[:-100])
    assert refused.value.mistakes
