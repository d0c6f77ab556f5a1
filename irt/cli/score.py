"""`irt score`: TIS and DOI of values in a file, exactly; no database, no trial."""

import json
from pathlib import Path

import click

from irt.outcomes.case_table import scored_table
from irt.outcomes.cases import scored_cases
from irt.outcomes.response import WrongValuesError


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def score(file: Path) -> None:
    """Score the values in FILE (.json or .csv) by TIS (2016 ACR/EULAR, adults) and by the IMACS DOI, and print both.

    Values are exact: digits with a point (7.5) or a fraction (10/7, of a HAQ of seven categories). From 0 to 10: phga
    and pga (physician's and patient's global activity), extramuscular; haq from 0 to 3; mmt from 0 to mmt_max, the
    largest sum of the trial's muscle test, which has no default. Enzymes CK, aldolase, LDH, AST, ALT: the most abnormal
    at baseline (value / ULN) is followed, with its ULN of baseline (uln). If a value is missing, so are TIS and DOI.

    \b
    FILE.json: a list of cases, each with
      id
      baseline, followup   {"phga", "pga", "mmt", "haq", "extramuscular"}, null if missing
      enzymes              {"CK": {"baseline", "followup", "uln"}, …}, as far as measured
      mmt_max
    Printed is a list of {"id", "tis": {…}, "doi": {…}}.

    \b
    FILE.csv: a row for each participant and visit; an empty cell is missing; columns
      participant, visit, mmt_max
      phga_baseline, phga_followup, and so for pga, mmt, haq, extramuscular
      CK_baseline, CK_followup, CK_uln, and so for each enzyme measured
    Printed is CSV with, for each row,
      enzyme_used
      phga_pct (improvement in percent of the range), phga_points, and so for each measure and for enzyme
      tis, category, responder_ge20, tis_if_missing_scored_0
      phga_rel_pct (in percent of baseline), phga_status, and so for each measure and for enzyme
      n_improved, n_worsened, mmt_worsened, doi, missing
    Percents are rounded to 10 decimals here, after every score is decided; JSON has them exact.

    With a mistake nothing is printed but all mistakes, by row and field; the exit status is 1. A row of JSON is the
    place in the list, of CSV the line of the file.
    """
    try:
        data = file.read_bytes()
        if file.suffix.lower() == ".json":
            click.echo(json.dumps(scored_cases(data), indent=1))
        elif file.suffix.lower() == ".csv":
            click.echo(scored_table(data), nl=False)
        else:
            raise click.BadParameter(f"{file}: is neither .json nor .csv; name it so", param_hint="FILE")
    except OSError as fault:
        said = f"{file}: cannot be read ({fault.strerror}); name a file that can"
        raise click.BadParameter(said, param_hint="FILE") from None
    except WrongValuesError as wrong:
        raise click.ClickException(str(wrong)) from None


COMMANDS = [score]
