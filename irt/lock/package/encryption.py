"""A package for one reader: age (X25519), by which it travels over any way.

The library is loaded by whoever encrypts or decrypts: checking a package that is not encrypted asks for none.
"""

import re

_IDENTITY = re.compile(r"^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$", re.MULTILINE)
MAGIC = b"age-encryption.org/v1"


class NotReadable(Exception):  # noqa: N818 -- named for what it says, as all refusals here
    """A key or a package cannot be used; the message says which, and the remedy, never a letter of a secret key."""


def encrypt(content: bytes, recipient: str) -> bytes:
    """The content for the holder of the identity of `recipient` (age1…) alone; raises NotReadable for no such key."""
    import pyrage

    try:
        key = pyrage.x25519.Recipient.from_str(recipient.strip())
    except (pyrage.RecipientError, ValueError):
        raise NotReadable(
            "recipient: is no public key of age; give the line that begins with age1, as age-keygen prints it"
        ) from None
    return bytes(pyrage.encrypt(content, [key]))


def encrypted(content: bytes) -> bool:
    """Whether the content is an age file."""
    return content.startswith(MAGIC)


def decrypt(content: bytes, identity: str) -> bytes:
    """The content again, by the text of an identity file; raises NotReadable for another key or a damaged file."""
    import pyrage

    lines = _IDENTITY.findall(identity.replace("\r", ""))
    if not lines:
        raise NotReadable(
            "identity: holds no secret key of age; give the file that age-keygen wrote, with AGE-SECRET-KEY-1 in it"
        )
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines]
    except (pyrage.IdentityError, ValueError):
        raise NotReadable("identity: its secret key is mistyped; give the file as age-keygen wrote it") from None
    if not encrypted(content):
        raise NotReadable("package: is not encrypted with age; verify it without an identity")
    try:
        return bytes(pyrage.decrypt(content, keys))
    except pyrage.DecryptError:
        raise NotReadable(
            "package: cannot be decrypted with this identity; it was encrypted for another key, or was damaged on its "
            "way: compare its SHA-256 with the one that was handed over, or ask for it to be encrypted for your key"
        ) from None
