"""Opening the study, and taking a changed study.toml in: both are held against the sealed list's commitment."""

from irt.actor import Role
from irt.conduct.tables import Site
from irt.gate.act import Act, Order, act
from irt.gate.fields import Reason
from irt.gate.tables import StudyState
from irt.randomization.tables import PublishedList
from irt.supply.readiness import lay_out
from irt.vault import blind


class OpenStudy(Order):
    """Nothing to say: the study is the one of study.toml."""


class AmendStudy(Order):
    """Why study.toml was changed."""

    reason: Reason


@act(
    "study.open",
    roles=[Role.TRIAL_MANAGER],
    during=["setup"],
    sign="I open the study with this study file and this published list",
    exclusive=True,
)
def open_study(act: Act, _order: OpenStudy) -> str:
    """Open the study and keep the study file's hash; answers the hash.

    Refused: list_not_published, list_strata, list_arms.
    """
    _hold_against_list(act)
    act.change(StudyState, act.find(StudyState, id=1), state="open", file_sha256=act.study.sha256)
    return act.study.sha256


@act(
    "study.amend",
    roles=[Role.TRIAL_MANAGER],
    sign="I take this changed study file in",
    everywhere=True,
    reason=True,
    exclusive=True,
)
def amend_study(act: Act, _order: AmendStudy) -> str:
    """Take the changed study file in, with its new sites and caps; answers its hash.

    The gate lets no other act pass while the file and the kept hash differ. Refused: study_file_unchanged, list_strata,
    list_arms, sites_left_out, cap_below_randomized.
    """
    state = act.find(StudyState, id=1)
    if state.file_sha256 == act.study.sha256:
        act.refuse("study_file_unchanged", sha256=act.study.sha256)
    _hold_against_list(act)
    left_out = sorted({row.code for row in act.rows(Site)} - {site.code for site in act.study.sites})
    if left_out:  # its participants, visits and time zone would be nowhere
        act.refuse("sites_left_out", sites=left_out)
    lay_out(act)
    act.change(StudyState, state, file_sha256=act.study.sha256)
    return act.study.sha256


def _hold_against_list(act: Act) -> None:
    published = act.seek(PublishedList, id=1)
    if published is None:
        act.refuse("list_not_published")
    if set(published.strata) != set(act.study.strata_keys()):
        act.refuse("list_strata", list=sorted(published.strata), study=sorted(act.study.strata_keys()))
    if not blind.made_for_these_arms(act):  # kit types exchanged would give everybody the other treatment from then on
        act.refuse("list_arms")
