"""A forecast made at the command line is kept, so that the supply manager's page need not make one."""

from typing import Any

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.supply.tables import SupplyForecast


class KeepForecast(Order):
    """The forecast's document, as it is printed with --json."""

    figures: dict[str, Any]


@act("forecast.keep", roles={Role.OPERATOR}, during=None)
def keep_forecast(act: Act, order: KeepForecast) -> str:
    """Keep a forecast beside those before it; answers its id. It holds totals of policies, nothing of this trial."""
    kept = new_id(act.entropy)
    act.add(
        SupplyForecast, id=kept, made_at=act.now, study_digest=act.study.sha256, figures=dict(order.figures)
    )  # fmt: skip
    return kept
