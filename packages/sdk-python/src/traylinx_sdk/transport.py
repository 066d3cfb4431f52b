"""How requests travel. The standard transports need nothing but Python; `traylinx_sdk.httpx_transport` has others, and
anything with the same methods can be passed as ``transport``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol
from urllib.parse import urlsplit

from ._hidden import Hidden


class HttpRequest:
    """What is to be sent. Printing it shows neither headers nor body, which have secrets in them."""

    __slots__ = ("_body", "_headers", "method", "url")

    method: str
    #: Absolute.
    url: str

    def __init__(
        self, method: str, url: str, headers: Hidden[dict[str, str]], body: Hidden[bytes] | None
    ) -> None:
        self.method = method
        self.url = url
        self._headers = headers
        self._body = body

    def headers(self) -> dict[str, str]:
        """With names in lower case, and the credential. Without ``host`` and ``content-length``."""
        return dict(self._headers.reveal())

    def body(self) -> bytes | None:
        return None if self._body is None else self._body.reveal()

    @property
    def target(self) -> str:
        """Path and query."""
        split = urlsplit(self.url)
        return split.path + (f"?{split.query}" if split.query else "")

    def __repr__(self) -> str:
        return f"HttpRequest({self.method} {self.url})"


class Headers(Mapping[str, str]):
    """Of an answer: names in any case; what comes more than once is joined with commas."""

    __slots__ = ("_values",)

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            known = self._values.get(name.lower())
            self._values[name.lower()] = value if known is None else f"{known}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values!r})"


class HttpResponse:
    """What has come, whole. Printing it shows no body: that of a creation has a key in it."""

    __slots__ = ("body", "headers", "status")

    status: int
    headers: Headers
    body: Hidden[bytes]

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = Hidden(body)

    def __repr__(self) -> str:
        return f"HttpResponse({self.status})"


class Transport(Protocol):
    """Sends one request, once, follows no redirect, and may keep connections for the next one. Used by many threads at
    the same time."""

    def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        """Raises TimeoutError (of Python, without an errno) when it takes longer, and another OSError when there is no
        answer; what has happened may be in its cause."""

    def close(self) -> None:
        ...


class AsyncTransport(Protocol):
    """The same for asyncio. Cancelling ends the request."""

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        ...

    async def aclose(self) -> None:
        ...
