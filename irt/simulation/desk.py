"""One hand that does everything through the gate, counts what happened, and keeps the simulated time."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from irt.actor import Actor
from irt.clock import SimulatedClock
from irt.entropy import new_id
from irt.gate.act import Order, spec_of
from irt.gate.perform import Done
from irt.gate.refusals import Refused
from irt.wiring import Service


@dataclass
class Desk:
    """Performs acts as a named person, signing where the act asks for it."""

    service: Service
    clock: SimulatedClock
    password: str
    refused: Counter[str] = field(default_factory=Counter)
    last_refusal: str = ""

    def do(self, actor: Actor, function: Callable[..., Any], order: Order) -> Done:
        """Perform an act that is expected to be done."""
        self.clock.advance(timedelta(seconds=20))
        signature = None
        if spec_of(function).sign is not None:
            signature = self.service.credentials.sign(actor, self.password, function, order)
        request = new_id(self.service.entropy)
        return self.service.gate.perform(function, order, by=actor, request_id=request, signature=signature)

    def attempt(self, actor: Actor, function: Callable[..., Any], order: Order) -> Done | None:
        """Perform an act that may be refused; the refusal is counted by its code."""
        try:
            return self.do(actor, function, order)
        except Refused as refusal:
            self.refused[refusal.code] += 1
            self.last_refusal = refusal.code
            return None
