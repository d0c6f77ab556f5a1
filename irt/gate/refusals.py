"""What the gate says when it does not do a thing."""


class Refused(Exception):  # noqa: N818 (a refusal is an answer, not a fault)
    """The act was not done and nothing changed. `code` names why; `facts` fill the sentence that people read.

    A refusal never carries a reason that only the vault knows.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return self.code + "".join(f" {name}={value}" for name, value in self.facts.items())


class RaceLost(Exception):  # noqa: N818
    """Another act was faster; the gate runs this one again from the start."""


class Unavailable(Exception):  # noqa: N818
    """The database did not answer: nothing was done, or it is unknown whether it was; the same request id tells."""
