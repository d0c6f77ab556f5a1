"""Whether a site may do a thing now: the one question that screening, randomization and dispensing ask."""

from typing import Any, Literal

from sqlalchemy import Row, bindparam, select

from irt.conduct.tables import Site
from irt.gate.act import Act
from irt.gate.rows import table_of
from irt.gate.tables import StudyState

OPEN_STATES = {
    "screening": ("active",),
    "randomization": ("active",),
    "dispensing": ("active", "closed_to_recruitment"),  # participants go on when recruitment has ended
}

_site, _study = table_of(Site), table_of(StudyState)
SITE_AND_STUDY = (
    select(_site, _study.c.randomization.label("study_randomization"), _study.c.dispensing.label("study_dispensing"))
    .select_from(_site.join(_study, _study.c.id == 1))
    .where(_site.c.code == bindparam("code"))
)
SITE_LOCKED = SITE_AND_STUDY.with_for_update(of=_site, key_share=True)  # lets rows that only name the site pass
SITE_SHARED = SITE_AND_STUDY.with_for_update(read=True, of=_site)  # a pause waits, and nothing slips in after it


def hold_site(act: Act, site_code: str, *, lock: bool = False) -> Row[Any]:
    """The site's row with the study's pauses; neither is changed until this act is done. Refused: not_found."""
    found = act.select(SITE_LOCKED if lock else SITE_SHARED, code=site_code)
    if not found or (act.sites is not None and site_code not in act.sites):
        act.refuse("not_found", what="site")
    act.about(site=site_code)
    return found[0]


def require_open(
    act: Act, site_code: str, what: Literal["screening", "randomization", "dispensing"], *, lock: bool = False
) -> Row[Any]:
    """The site's row when `what` may happen there now; `lock` keeps it for this act (screening counts under it).

    A pause of randomization does not stop screening. Refused: not_found (another site), site_inactive, study_paused,
    site_paused.
    """
    site = hold_site(act, site_code, lock=lock)
    if site.state not in OPEN_STATES[what]:
        act.refuse("site_inactive", site=site_code, state=site.state, what=what)
    if what != "screening":
        if site._mapping[f"study_{what}"] == "paused":
            act.refuse("study_paused", what=what)
        if site._mapping[what] == "paused":
            act.refuse("site_paused", site=site_code, what=what)
    return site
