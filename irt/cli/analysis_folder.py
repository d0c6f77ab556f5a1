"""The folder that a command writes the final analysis to: empty before, whole after."""

from collections.abc import Mapping
from pathlib import Path

import click

from irt.analysis import handing_over


def require_possible(out: Path) -> None:
    """Raises ClickException where the libraries of the analysis are not installed, or something lies in the folder."""
    if missing := handing_over.missing():
        raise click.ClickException(f"{', '.join(missing)}: not installed; run `make setup-analysis` once")
    if out.exists() and any(out.iterdir()):
        raise click.ClickException(f"--out {out}: is not empty; name a folder that is, or does not exist yet")


def write_files(out: Path, files: Mapping[str, bytes]) -> None:
    """Write every file, by its path in the folder."""
    for name, content in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
