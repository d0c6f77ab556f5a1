"""The wrapper that an opened arm or kit type wears inside the room, so that it cannot slip out by accident."""

from typing import Generic, NoReturn, SupportsIndex, TypeVar

T = TypeVar("T")


class Sealed(Generic[T]):
    """A value that prints as `<sealed>` and refuses to be copied, pickled, serialized, compared or hashed.

    Comparison is refused because `==` in the wrong place answers the question "which arm?" as well as a print does.
    Only `disclose`, which the import rule keeps inside the vault, returns the value.
    """

    __slots__ = ("__value",)

    def __init__(self, value: T) -> None:
        object.__setattr__(self, "_Sealed__value", value)

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "<sealed>"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a sealed value cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a sealed value cannot be changed")

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("a sealed value cannot be compared")

    def __ne__(self, other: object) -> NoReturn:
        raise TypeError("a sealed value cannot be compared")

    def __hash__(self) -> NoReturn:
        raise TypeError("a sealed value cannot be hashed")

    def __bool__(self) -> NoReturn:
        raise TypeError("a sealed value is neither true nor false")

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a sealed value is never pickled or copied")

    def __copy__(self) -> NoReturn:
        raise TypeError("a sealed value is never pickled or copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a sealed value is never pickled or copied")


def disclose(sealed: Sealed[T]) -> T:
    """Return the value itself; each call is a place where an arm is read, so search for them in review."""
    return sealed._Sealed__value  # type: ignore[attr-defined, no-any-return]
