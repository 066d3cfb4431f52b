# Made of the file of the same name in `_async` by make_sync.py. Change that one.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from .._address import QueryValue
from .._answer import Answer
from .._decode import ShapeError, decoder
from .._request import Call, CallOptions, present
from .._settings import Settings
from .paged import Paged, Page
from .sender import Sender

T = TypeVar("T")


class Management:
    """Calls with the admin token, and never with a key."""

    def __init__(self, sender: Sender, settings: Settings) -> None:
        self._sender = sender
        self._delete_timeout_s = settings.delete_timeout_s

    def send(self, call: Call[T]) -> T:
        return (self._sender.send(call)).data

    def list(
        self, cls: type[T], path: str, query: Mapping[str, QueryValue], options: CallOptions
    ) -> Paged[T]:
        call = Call("GET", path, _page_decoder(cls), what="a page of a list", options=options)

        def read(cursor: str | None) -> Answer[Page[T]]:
            return self._sender.send(replace(call, query=present({**query, "cursor": cursor})))

        return Paged(read)

    def delete(self, path: str, options: CallOptions) -> None:
        if options.timeout_s is None:
            options = replace(options, timeout_s=self._delete_timeout_s)
        self._sender.send(Call("DELETE", path, lambda _: None, expects="no content", options=options))


def _page_decoder(cls: type[T]) -> Callable[[object], Page[T]]:
    decode = decoder(cls)

    def decode_page(value: object) -> Page[T]:
        if not isinstance(value, dict) or not isinstance(value.get("data"), list):
            raise ShapeError
        cursor = value.get("nextCursor")
        return Page([decode(item) for item in value["data"]], cursor if isinstance(cursor, str) else None)

    return decode_page
