"""The door for operators: `irt …`. Each group of commands has its file."""

import sys
from collections import defaultdict

import click
from sqlalchemy.exc import OperationalError

from irt.app import CannotStart
from irt.cli import (
    analysing,
    books,
    dictionary,
    doses,
    envelopes,
    kits,
    lists,
    packages,
    people,
    scheduling,
    score,
    serving,
    setup,
    studies,
    supply,
    trials,
)
from irt.gate.keys import KeyFileError
from irt.gate.refusals import Refused, Unavailable
from irt.settings import SettingsError
from irt.study import StudyMistakes, report
from irt.vault import KeyUnusable
from irt.web.sentences import SENTENCES


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="irt")
def group() -> None:
    """An IRT/RTSM service for one masked trial: randomization, kits, dispensing."""


for module in (
    setup,
    studies,
    lists,
    kits,
    supply,
    books,
    people,
    envelopes,
    trials,
    serving,
    scheduling,
    doses,
    dictionary,
    score,
    packages,
    analysing,
):
    for command in module.COMMANDS:
        group.add_command(command)


def sentence(refusal: Refused) -> str:
    """A refusal in English, with every single mistake that it lists."""
    template = str(SENTENCES.get(refusal.code, f"This was refused ({refusal.code}); nothing was changed."))
    facts = {name: _listed(value) for name, value in refusal.facts.items()}
    unsaid = [
        str(facts[name]) for name, value in refusal.facts.items() if _many(value) and f"%({name})" not in template
    ]
    return "\n".join([template % defaultdict(str, facts), *unsaid])


def _many(value: object) -> bool:
    return isinstance(value, list | tuple | set | frozenset)


def _listed(value: object) -> object:
    if not isinstance(value, list | tuple | set | frozenset):
        return value
    items = [str(one) for one in value]
    return "".join(f"\n{one}" for one in items) if any(" " in one for one in items) else ", ".join(items)


def main() -> None:
    """Run a command; what it refuses is said in a sentence, and the exit status is 1."""
    try:
        answer = group(standalone_mode=False)
    except click.UsageError as mistake:
        mistake.show()
        sys.exit(1)
    except click.ClickException as mistake:
        sys.exit(mistake.format_message())
    except click.Abort:
        sys.exit("stopped")
    except Refused as refusal:
        sys.exit(sentence(refusal))
    except StudyMistakes as mistakes:
        sys.exit(report(mistakes.mistakes))
    except (CannotStart, KeyFileError, KeyUnusable, SettingsError) as reason:
        sys.exit(str(reason))
    except (Unavailable, OperationalError) as fault:
        said = str(getattr(fault, "orig", None) or fault).partition("\n")[0]
        sys.exit(f"The database did not answer ({said}); nothing is half done. Start it and run the command again.")
    sys.exit(answer if isinstance(answer, int) else 0)
