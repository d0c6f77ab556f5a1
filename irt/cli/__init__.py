"""The door for operators: `irt …`. Each group of commands has its file."""

import sys
from collections import defaultdict

import click

from irt.app import CannotStart
from irt.cli import kits, lists, people, serving, setup, studies, trials
from irt.gate.keys import KeyFileError
from irt.gate.refusals import Refused, Unavailable
from irt.settings import SettingsError
from irt.study import StudyMistakes, report
from irt.vault import KeyUnusable
from irt.web.wording import SENTENCES


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="irt")
def group() -> None:
    """An IRT/RTSM service for one masked trial: randomization, kits, dispensing."""


for module in (setup, studies, lists, kits, people, trials, serving):
    for command in module.COMMANDS:
        group.add_command(command)


def sentence(refusal: Refused) -> str:
    """A refusal in English, with every single mistake that it lists."""
    said = str(SENTENCES.get(refusal.code, refusal.code)) % defaultdict(str, refusal.facts)
    listed = [str(one) for value in refusal.facts.values() if isinstance(value, list | tuple) for one in value]
    return "\n".join([said, *listed])


def main() -> None:
    """Run a command; what it refuses is said in a sentence, and the exit status is 1."""
    try:
        group(standalone_mode=False)
    except click.ClickException as mistake:
        mistake.show()
        sys.exit(mistake.exit_code)
    except click.Abort:
        sys.exit("stopped")
    except Refused as refusal:
        sys.exit(sentence(refusal))
    except StudyMistakes as mistakes:
        sys.exit(report(mistakes.mistakes))
    except (CannotStart, KeyFileError, KeyUnusable, SettingsError) as reason:
        sys.exit(str(reason))
    except Unavailable:
        sys.exit("The database did not answer; nothing is half done. Start it and run the command again.")
