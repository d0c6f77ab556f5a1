"""`irt meddra …`: the sponsor's own licensed dictionary taken in. None comes with the service."""

from pathlib import Path

import click

from irt.cli.wiring import LOGIN, do, ordered, service_of
from irt.safety.coding import ImportDictionary, import_dictionary
from irt.safety.meddra import ENCODINGS, FILES


@click.group()
def meddra() -> None:
    """MedDRA, by which adverse events are coded: your own licensed copy."""


@meddra.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--version", required=True, help="The release, such as 28.0.")
@click.option("--language", required=True, type=click.Choice(["en", "zh"]), help="The language of its terms.")
@click.option("--encoding", type=click.Choice(ENCODINGS), default="utf-8", show_default=True)
@LOGIN
def import_folder(folder: Path, version: str, language: str, encoding: str, login: str) -> None:
    """Import a release from its folder of ASCII files (llt.asc, pt.asc, mdhier.asc); with a mistake, nothing of it."""
    try:
        files = {name: (folder / name).read_bytes() for name in FILES}
    except OSError as fault:
        said = f"{fault.filename}: cannot be read ({fault.strerror}); name the folder that holds {', '.join(FILES)}"
        raise click.BadParameter(said, param_hint="FOLDER") from None
    told = {"version": version, "language": language, "encoding": encoding}
    order = ordered(ImportDictionary, **ImportDictionary.encoded(files), **told)
    done = do(service_of(), login, import_dictionary, order)
    click.echo(f"MedDRA {version} ({language}): {done.answer.terms} terms imported")


COMMANDS = [meddra]
