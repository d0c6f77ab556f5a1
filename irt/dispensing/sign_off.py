"""A monitor signs the accountability log off, line by line, each as it stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from irt.actor import Role
from irt.dispensing.books import KitLine, accountability, gather
from irt.dispensing.tables import LineReview
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, KitNumber

AT_ONCE = 200
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class SignOff(Order):
    """Lines of a site's book by kit number, each with the digest of what was shown."""

    site: Code
    book: Literal["accountability"]
    lines: dict[KitNumber, Digest] = Field(max_length=AT_ONCE)


@act("book.sign_off", roles={Role.MONITOR}, sign="I have checked these lines against the source documents")
def sign_off(act: Act, order: SignOff) -> int:
    """Sign lines as they stand; answers how many. A line that changes afterwards is unsigned by itself.

    Refused: no_line_chosen; line_changed (those that are not, or not any more, as they were shown: nothing is signed).
    """
    if not order.lines:
        act.refuse("no_line_chosen")
    zone = {site.code: site.time_zone for site in act.study.sites}.get(order.site, "UTC")
    stands = {one.kit: one.digest for one in accountability(gather(act.rows, order.site, zone))}
    if changed := sorted(kit for kit, digest in order.lines.items() if stands.get(kit) != digest):
        act.refuse("line_changed", kits=changed)
    for kit, digest in sorted(order.lines.items()):
        act.add(
            LineReview,
            id=new_id(act.entropy),
            site=order.site,
            book=order.book,
            line=kit,
            digest=digest,
            reviewed_by=act.actor.account,
            reviewed_at=act.now,
            signature=act.signature,
        )
    return len(order.lines)


@dataclass(frozen=True)
class Checked:
    """A line with the last signature under it; `valid`: the line is still as it was signed."""

    line: KitLine
    review: Any
    valid: bool


def checked(lines: Sequence[KitLine], reviews: Iterable[Any]) -> list[Checked]:
    """Each line with what a monitor signed of it. A line that is again as it once was signed is signed again."""
    last: dict[str, Any] = {}
    same: dict[tuple[str, str], Any] = {}
    for one in sorted(reviews, key=lambda row: row.reviewed_at):
        last[one.line] = same[(one.line, one.digest)] = one
    found = []
    for line in lines:
        holds = same.get((line.kit, line.digest))
        found.append(Checked(line, holds or last.get(line.kit), holds is not None))
    return found
