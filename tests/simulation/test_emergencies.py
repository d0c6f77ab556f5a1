"""Codes broken because of a wrong box: what is shown is what the vault holds, assigned beside given."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from irt.cli.trials import live
from irt.cli.wiring import settings_of
from irt.dispensing.tables import Mishap
from irt.gate.rows import table_of
from irt.safety.emergency_tables import CodeBreak
from irt.safety.showing import show_once
from irt.simulation import emergencies, troubles
from irt.simulation.run import Plan
from irt.vault import _rows
from irt.vault._seal import disclose
from irt.vault._tables import Draw, SealedKit, SealedSlot
from irt.vault.reveal import Treatment
from tests.cli.conftest import PASSWORD, Office


def listening(heard: list[Treatment]) -> Callable[..., Treatment]:
    """The door itself; what it shows is heard too."""

    def show(*given: Any, **named: Any) -> Treatment:
        heard.append(show_once(*given, **named))
        return heard[-1]

    return show


@pytest.mark.long(20)
def test_who_had_a_wrong_box_is_shown_with_both(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Treatment] = []
    monkeypatch.setattr(troubles, "WRONG", 0.5)
    monkeypatch.setattr(emergencies, "show_once", listening(heard))
    life = live(settings_of(office.database.owner_url), Plan(6, 1, password=PASSWORD, through="W4"))
    service = life.desk.service
    with service.database.read.connect() as connection:

        def rows(table: type[Any], **equal: str) -> list[Any]:
            return list(connection.execute(select(table_of(table)).filter_by(**equal)))

        wrong = {(row.participant, row.kit) for row in rows(Mishap, kind="wrong_kit")}
        breaks = [row for row in rows(CodeBreak) if (row.participant, row.kit) in wrong]
        assert 1 <= len(breaks) <= emergencies.MOST_OF_WRONG_KITS
        for shown in heard:
            (slot,) = rows(SealedSlot, id=rows(Draw, participant=shown.participant)[0].slot)
            assert shown.arm == disclose(_rows.arm_of(service.vault, slot))
            kinds = [disclose(_rows.type_of(service.vault, rows(SealedKit, kit=one.kit)[0])) for one in shown.kits]
            assert kinds == [one.kind for one in shown.kits]
            assert [one.as_assigned for one in shown.kits] == [kind == shown.arm for kind in kinds]
    both = [shown for shown in heard if {one.as_assigned for one in shown.kits} == {True, False}]
    assert both, "the box assigned and the one given differ"
    assert {shown.participant for shown in both} & {row.participant for row in breaks}
