"""The release rehearsed on today's data and an invented allocation, by night and by hand: package to reports."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exc, select

from irt import __version__
from irt.analysis import handing_over
from irt.assurance.stored import snapshot
from irt.gate.rows import table_of
from irt.gate.tables import StudyState
from irt.lock.making import invented_from
from irt.lock.rehearsal import keep_rehearsal, still_open
from irt.wiring import Service

LISTS = 999  # redrawn for the test of a rehearsal, whose p says nothing
Told = dict[str, Any]


def rehearse(
    service: Service, progress: handing_over.Progress, *, by: str, lists: int = LISTS
) -> tuple[str, Mapping[str, Any]]:
    """Rehearse once and keep what came of it; answers the outcome and its counts, of a fault the kind alone.

    Its files hold outcomes by participant, and are kept only once the database is frozen. Skipped: nobody is
    randomized yet, or the libraries of the analysis are not installed.
    """
    now = service.clock.now()
    with snapshot(service.database) as connection:
        waiting = still_open(connection, service.study, now)
    if waiting is None:
        return "skipped", {"code": "nobody_randomized"}
    if handing_over.missing():
        return "skipped", {"code": "analysis_missing"}
    told: Told = {"by": by, "open": waiting}
    content, wrong = _tried(lambda: _made(service, progress, now, by, lists, told))
    outcome = "failed" if content is None else "done"
    if not may_be_kept(service):
        content = None
    keep_rehearsal(
        service.housekeeping, service.vault, service.entropy, at=now, outcome=outcome, facts=told | wrong,
        content=content,
    )  # fmt: skip
    return outcome, wrong or {"open": len(waiting), "rows": sum(told["rows"].values())}


def may_be_kept(service: Service) -> bool:
    """Whether the files of a rehearsal may be kept: while the trial goes on nobody sees outcomes by site."""
    with service.database.read.connect() as connection:
        state: str = connection.execute(select(table_of(StudyState).c.state)).scalar_one()
    return state not in ("setup", "open")


def _made(service: Service, progress: handing_over.Progress, now: datetime, by: str, lists: int, told: Told) -> bytes:
    """The files of a rehearsal; the vault is not asked for anything."""
    progress("tables", 0, 1)
    with snapshot(service.database) as connection:
        found = invented_from(connection, service.study, at=now, by=by, software=__version__)
    told["rows"] = {name: len(rows) for name, rows in found.tables.items()}
    return handing_over.rehearsed(found, progress, made_at=now, software=__version__, lists=lists)


def _tried(make: Callable[[], bytes]) -> tuple[bytes | None, Told]:
    """The files, or what kept them from being made: mistakes of the package are counted, any other fault is named."""
    from irt.lock.package.reading import NotWhole

    try:
        return make(), {}
    except exc.DBAPIError:  # the database is away: it is tried again
        raise
    except NotWhole as fault:
        return None, {"mistakes": len(fault.mistakes)}
    except Exception as fault:  # its message could hold anything
        return None, {"fault": type(fault).__name__}
