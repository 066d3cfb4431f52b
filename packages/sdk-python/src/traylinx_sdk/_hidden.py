from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NoReturn, TypeVar

T = TypeVar("T")


class Hidden(Generic[T]):
    """A value that nothing shows by accident: no printing, no logging, no copying, no report that lists the variables
    of every frame. It is kept in a closure, as attributes are what such tools walk through."""

    __slots__ = ("reveal",)

    #: The value itself, for the moment in which it is used.
    reveal: Callable[[], T]

    def __init__(self, value: T) -> None:
        self.reveal = lambda: value

    def __repr__(self) -> str:
        return "[hidden]"

    def __deepcopy__(self, memo: dict[int, Any]) -> Hidden[T]:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled")
