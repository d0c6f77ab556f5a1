"""The design under assessment: what the statistician weighs before a list is made."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, repr=False)
class BlocksPlan:
    """A plan of permuted blocks. It prints without its block sizes.

    `ratio` in lowest terms, by arm; `block_sizes`, multiples of its sum; `weights`, one per size (else all equally
    likely); `strata`, the number of central strata; `sites`, the number of sites if site is a stratification factor
    besides, else 0. Raises ValueError, which names the field, for numbers that make no plan.
    """

    ratio: tuple[int, ...]
    block_sizes: tuple[int, ...]
    participants: int
    strata: int = 1
    sites: int = 0
    weights: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if len(self.ratio) < 2 or min(self.ratio) < 1:
            raise ValueError("ratio: give a whole number of at least 1 for each of two or more arms")
        if not self.block_sizes or any(size < 1 or size % sum(self.ratio) for size in self.block_sizes):
            raise ValueError(f"block_sizes: give multiples of the ratio's sum {sum(self.ratio)}")
        if self.weights is not None and (len(self.weights) != len(self.block_sizes) or min(self.weights) < 1):
            raise ValueError("weights: give a whole number of at least 1 for each block size, or none")
        for name, value, least in (
            ("participants", self.participants, 1),
            ("strata", self.strata, 1),
            ("sites", self.sites, 0),
        ):
            if value < least:
                raise ValueError(f"{name}: {value} is below {least}; give at least {least}")

    def __repr__(self) -> str:
        return f"<blocks plan for {self.participants} participants>"

    @property
    def chances(self) -> list[tuple[int, Fraction]]:
        """Each block size with its probability."""
        weights = self.weights or (1,) * len(self.block_sizes)
        return [(size, Fraction(weight, sum(weights))) for size, weight in zip(self.block_sizes, weights, strict=True)]

    @property
    def cells(self) -> int:
        """The number of lists: central strata times sites."""
        return self.strata * max(1, self.sites)

    @property
    def cell_sizes(self) -> list[int]:
        """The participants of each list when they spread evenly."""
        whole, rest = divmod(self.participants, self.cells)
        return [whole + (cell < rest) for cell in range(self.cells)]

    def contents(self, size: int) -> tuple[int, ...]:
        """Return how often each arm stands in a block of this size."""
        return tuple(part * (size // sum(self.ratio)) for part in self.ratio)
