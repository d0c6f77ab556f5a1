"""What a design gives away, for the statistician's terminal; and the protocol's paragraphs, sizes omitted."""

import sys
from pathlib import Path

import click

from irt.cli.wiring import percent
from irt.randomization.blocks_plan import BlocksPlan
from irt.randomization.design import assess, describe
from irt.randomization.prepare import ALGORITHM, PrepareList, design_mistakes
from irt.randomization.protocol_text import PublicFacts, protocol_text
from irt.study import Study, load_study


def assessment_of(path: Path, order: PrepareList) -> str:
    """The assessment of a design for the study at `path`, as a table; refuses a design with mistakes."""
    study = load_study(path)
    if mistakes := design_mistakes(study, order):
        raise click.ClickException("\n".join(mistakes))
    by_site = any(factor.id == "site" for factor in study.strata)
    plan = BlocksPlan(
        ratio=tuple(arm.ratio for arm in study.arms),
        block_sizes=order.block_sizes,
        participants=study.cap,
        strata=len(study.strata_keys()),
        sites=len(study.sites) if by_site else 0,
        weights=order.weights,
    )
    with click.progressbar(length=100, label="assess", file=sys.stderr) as bar:
        return describe(assess(plan, sites=len(study.sites), progress=percent(bar)))


def paragraphs(path: Path) -> str:
    """The paragraphs for the protocol in English and Chinese."""
    study = load_study(path)
    return "\n".join(protocol_text(_facts(study, language), language) for language in ("en", "zh_Hans_CN"))


def _facts(study: Study, language: str) -> PublicFacts:
    tongue = "en" if language == "en" else "zh"
    return PublicFacts(
        arms=tuple(getattr(arm.label, tongue, arm.id) for arm in study.arms),
        ratio=tuple(arm.ratio for arm in study.arms),
        participants=study.cap,
        factors=tuple(getattr(factor.label, tongue, factor.id) for factor in study.strata),
        algorithm=ALGORITHM,
    )
