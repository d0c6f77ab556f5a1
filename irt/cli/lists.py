"""`irt list …`: the randomization list assessed, prepared, or sealed as its maker brought it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from irt.cli.wiring import LOGIN, do, service_of, settings_of
from irt.randomization.prepare import (
    PrepareList,
    Published,
    SealOwnList,
    design_mistakes,
    prepare_list,
    read_own_list,
    seal_own_list,
)


@click.group(name="list")
def lists() -> None:
    """The randomization list."""


def read_design(path: Path) -> PrepareList:
    """The design in a TOML file; every wrong key is named, with its remedy."""
    try:
        return PrepareList.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as fault:
        raise click.ClickException(f"{path}: {fault.strerror}; name the statistician's design file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise click.ClickException(f"{path}: {fault}; mend the file, see config/randomization.example.toml") from None
    except ValidationError as mistakes:
        raise click.ClickException("\n".join(map(_named, mistakes.errors()))) from None


def _named(mistake: Mapping[str, Any]) -> str:
    key = ".".join(map(str, mistake["loc"]))
    match mistake["type"]:
        case "extra_forbidden":
            return f"{key}: unknown key; remove it, the keys are {', '.join(PrepareList.model_fields)}"
        case "missing":
            return f"{key}: is missing; give it, see config/randomization.example.toml"
    return f"{key}: {mistake['input']!r} is not accepted ({mistake['msg']}); see config/randomization.example.toml"


@lists.command()
@click.option("--design", required=True, type=click.Path(path_type=Path), help="The statistician's design file.")
@LOGIN
def prepare(design: Path, login: str) -> None:
    """Generate the list from a secret seed and seal it at once. Prints what binds it, and nothing else."""
    service, order = service_of(), read_design(design)
    if mistakes := design_mistakes(service.study, order):  # said here, before anything is signed
        raise click.ClickException("\n".join(mistakes))
    _show(do(service, login, prepare_list, order).answer)


@lists.command("seal-own")
@click.option("--file", "file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@LOGIN
def seal_own(file: Path, login: str) -> None:
    """Seal a list made elsewhere (CSV: stratum, position, arm); its maker counts as unmasked from then on."""
    service, content = service_of(), file.read_bytes()
    _, mistakes = read_own_list(service.study, content)
    if mistakes:
        raise click.ClickException("\n".join(mistakes))
    _show(do(service, login, seal_own_list, SealOwnList.from_file(content)).answer)


@lists.command()
@click.option("--design", type=click.Path(path_type=Path), help="The statistician's design file.")
@click.option("--text", is_flag=True, help="Write the paragraphs for the protocol, in both languages, sizes omitted.")
def assess(design: Path | None, text: bool) -> None:
    """Say what a design gives away and how balanced it is, before it is used. For the unblinded statistician.

    With --text no design is asked for: the paragraphs hold nothing of it.
    """
    from irt.cli.assessing import assessment_of, paragraphs

    study = settings_of().study
    if text:
        click.echo(paragraphs(study))
        return
    if design is None:
        raise click.UsageError("--design: is missing; name the statistician's design file, or ask for --text")
    click.echo(assessment_of(study, read_design(design)))


def _show(published: Published) -> None:
    click.echo(f"Merkle root     {published.merkle_root}")
    click.echo(f"seed SHA-256    {published.seed_sha256 or 'none: the list was made elsewhere'}")
    click.echo(f"algorithm       {published.algorithm}")
    for stratum, slots in published.strata.items():
        click.echo(f"stratum         {stratum}: {slots} slots")


COMMANDS = [lists]
