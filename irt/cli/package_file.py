"""A package and the identity that opens it, as a command is given them: read, or refused with fault and remedy."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
IDENTITY = click.option(
    "--identity",
    type=EXISTING,
    help="The age identity file (AGE-SECRET-KEY-1…) of who the package was encrypted for.",
)


def read_identity(identity: Path | None) -> str | None:
    """The text of the identity file; None where none is named. Raises ClickException for what is no text."""
    if identity is None:
        return None
    try:
        return identity.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"--identity {identity}: is no text; name the file that age-keygen wrote") from None


@contextmanager
def told_plainly(package: Path) -> Iterator[None]:
    """What keeps a package from being read, as a ClickException; never a letter of a key, and never an arm."""
    from irt.lock.package.encryption import NotReadable  # what reads a package loads what decrypts it
    from irt.lock.package.reading import NotWhole

    try:
        yield
    except (NotReadable, NotWhole) as told:
        raise click.ClickException(f"{package}: {told}") from None
    except OSError as fault:
        said = f"{fault.filename or package}: cannot be read or written ({fault.strerror}); name a file that can"
        raise click.ClickException(said) from None
    except ImportError as missing:
        said = f"{missing.name} is not installed; install irt with the extra `analysis` (make setup-analysis)"
        raise click.ClickException(said) from None
