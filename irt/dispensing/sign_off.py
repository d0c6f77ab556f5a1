"""A monitor signs the pharmacy's books off, line by line, each as it stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, Protocol, TypeVar

from pydantic import Field

from irt.actor import Role
from irt.dispensing.books import Ledger, accountability, gather, inventory
from irt.dispensing.tables import LineReview
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code
from irt.gate.state import CLEANING

AT_ONCE = 200
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Key = Annotated[str, Field(pattern="^[0-9A-Za-z-]{1,40}(/[0-9]{1,6})?$")]
Book = Literal["accountability", "inventory"]


class BookLine(Protocol):
    """A line of a book: how a signature names it, and the SHA-256 of what stands there."""

    @property
    def key(self) -> str: ...
    @property
    def digest(self) -> str: ...


L = TypeVar("L", bound=BookLine)


class SignOff(Order):
    """Lines of a site's book by their keys (a kit; of the inventory a kit and its move), each with its digest."""

    site: Code
    book: Book
    lines: dict[Key, Digest] = Field(max_length=AT_ONCE)


def lines_of(book: Book, ledger: Ledger) -> Sequence[BookLine]:
    """The lines of a book as they stand."""
    return accountability(ledger) if book == "accountability" else inventory(ledger)


@act(
    "book.sign_off",
    roles={Role.MONITOR},
    during=CLEANING,
    sign="I have checked these lines against the source documents",
)
def sign_off(act: Act, order: SignOff) -> int:
    """Sign lines as they stand; answers how many. A line that changes afterwards is unsigned by itself.

    Refused: no_line_chosen; line_changed (those that are not, or not any more, as they were shown: nothing is signed).
    """
    if not order.lines:
        act.refuse("no_line_chosen")
    zone = {site.code: site.time_zone for site in act.study.sites}.get(order.site, "UTC")
    stands = {one.key: one.digest for one in lines_of(order.book, gather(act.rows, order.site, zone))}
    if changed := sorted(key for key, digest in order.lines.items() if stands.get(key) != digest):
        act.refuse("line_changed", kits=changed)
    for key, digest in sorted(order.lines.items()):
        act.add(
            LineReview,
            id=new_id(act.entropy),
            site=order.site,
            book=order.book,
            line=key,
            digest=digest,
            reviewed_by=act.actor.account,
            reviewed_at=act.now,
            signature=act.signature,
        )
    return len(order.lines)


@dataclass(frozen=True)
class Checked(Generic[L]):
    """A line with the last signature under it; `valid`: the line is still as it was signed."""

    line: L
    review: Any
    valid: bool


def checked(lines: Sequence[L], reviews: Iterable[Any]) -> list[Checked[L]]:
    """Each line with what a monitor signed of it. A line that is again as it once was signed is signed again."""
    last: dict[str, Any] = {}
    same: dict[tuple[str, str], Any] = {}
    for one in sorted(reviews, key=lambda row: row.reviewed_at):
        last[one.line] = same[(one.line, one.digest)] = one
    found = []
    for line in lines:
        holds = same.get((line.key, line.digest))
        found.append(Checked(line, holds or last.get(line.key), holds is not None))
    return found
