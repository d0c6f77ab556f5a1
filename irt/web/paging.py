"""Long lists page by page, by `?page=` in the address."""

from dataclasses import dataclass

from flask import abort, request


@dataclass(frozen=True)
class Shown:
    """Which part of a list is shown: the number of the page from 1, and where it begins and ends in the list."""

    number: int
    first: int
    end: int
    count: int

    @property
    def last(self) -> bool:
        """Whether nothing comes after it."""
        return self.end >= self.count


def page_of(count: int, per_page: int) -> Shown:
    """The part of a list of `count` that the address asks for; the page "not found" for one that there is not."""
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 0
    if not 1 <= number <= max(1, -(-count // per_page)):
        abort(404)
    return Shown(number, (number - 1) * per_page, min(number * per_page, count), count)
