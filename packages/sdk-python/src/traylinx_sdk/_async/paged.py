from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from .._answer import Answer
from ..errors import UnexpectedAnswerError

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    items: list[T]
    next_cursor: str | None


class AsyncPaged(Generic[T]):
    """All items of a list, read page by page as you go on."""

    def __init__(self, read: Callable[[str | None], Awaitable[Answer[Page[T]]]]) -> None:
        self._read = read

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page:
                yield item

    async def pages(self) -> AsyncIterator[list[T]]:
        """The same, a page at a time."""
        cursor: str | None = None
        while True:
            answer = await self._read(cursor)
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

    async def to_list(self) -> list[T]:
        """Everything at once."""
        return [item async for item in self]
