# Made of the file of the same name in `_async` by make_sync.py. Change that one.
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from .._answer import Answer
from ..errors import UnexpectedAnswerError

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    items: list[T]
    next_cursor: str | None


class Paged(Generic[T]):
    """All items of a list, read page by page as you go on."""

    def __init__(self, read: Callable[[str | None], Answer[Page[T]]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            for item in page:
                yield item

    def pages(self) -> Iterator[list[T]]:
        """The same, a page at a time."""
        cursor: str | None = None
        while True:
            answer = self._read(cursor)
            page = answer.data
            # The same cursor again would go on for ever.
            if page.next_cursor and page.next_cursor == cursor:
                raise UnexpectedAnswerError(
                    f"The list does not go on: the same cursor came twice. [request {answer.request_id}]",
                    answer.status,
                    answer.request_id,
                )
            yield page.items
            if not page.next_cursor:
                return
            cursor = page.next_cursor

    def to_list(self) -> list[T]:
        """Everything at once."""
        return [item for item in self]
