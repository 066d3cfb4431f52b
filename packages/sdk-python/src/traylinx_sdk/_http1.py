"""The part of HTTP/1.1 that a client needs, without input and output: both standard transports use it."""

from __future__ import annotations

import re
from collections.abc import Generator
from urllib.parse import urlsplit

from ._hidden import Hidden
from .transport import Headers, HttpRequest, HttpResponse

_MAX_HEAD_BYTES = 65_536
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [^\r\n]*)?")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*?)[ \t]*")


class ProtocolError(OSError):
    """What came is no answer, or not all of one."""


def encode(request: HttpRequest) -> Hidden[bytes]:
    """As it goes over the wire."""
    body = request.body()
    fields = {"host": urlsplit(request.url).netloc, **request.headers(), "accept-encoding": "identity"}
    if body is not None or request.method in ("POST", "PUT", "PATCH"):
        fields["content-length"] = str(len(body or b""))
    lines = [
        f"{request.method} {request.target} HTTP/1.1",
        *(f"{name}: {value}" for name, value in fields.items()),
    ]
    return Hidden("\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))


class ResponseReader:
    """Is fed with what comes, and makes one answer of it."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._buffer = bytearray()
        self._has_ended = False
        self._is_kept_alive = False
        self._response: HttpResponse | None = None
        self._steps = self._read()
        next(self._steps)

    def feed(self, data: bytes) -> HttpResponse | None:
        """Takes what has come; nothing, when no more will come. Returns the answer once it is whole."""
        self._buffer += data
        self._has_ended = not data
        next(self._steps, None)
        return self._response

    @property
    def can_be_reused(self) -> bool:
        """Whether the connection is as it was before the request."""
        return self._is_kept_alive and not self._buffer

    def _read(self) -> Generator[None, None, None]:
        status, version, headers = yield from self._head()
        # 100 Continue and its like announce the answer; a switch of protocols was not asked for.
        while status < 200 and status != 101:
            status, version, headers = yield from self._head()
        if status == 101:
            raise ProtocolError("an answer of another protocol")
        options = headers.get("connection", "").lower()
        self._is_kept_alive = "keep-alive" in options if version == 0 else "close" not in options
        body = yield from self._body(status, headers)
        self._response = HttpResponse(status, headers, body)

    def _body(self, status: int, headers: Headers) -> Generator[None, None, bytes]:
        if self._method == "HEAD" or status in (204, 304):
            return b""
        encoding = headers.get("transfer-encoding")
        if encoding is not None:
            if encoding.strip().lower() != "chunked" or "content-length" in headers:
                raise ProtocolError("an answer whose end cannot be found")
            return (yield from self._chunks())
        length = headers.get("content-length")
        if length is None:
            self._is_kept_alive = False
            while not self._has_ended:
                yield
            return bytes(self._buffer)
        if not re.fullmatch(r"[0-9]{1,15}", length):
            raise ProtocolError("an answer without a length that can be right")
        return (yield from self._take(int(length)))

    def _chunks(self) -> Generator[None, None, bytes]:
        body = bytearray()
        while True:
            line = yield from self._line()
            size = re.fullmatch(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?", line)
            if not size:
                raise ProtocolError("a chunk without its size")
            length = int(size[1], 16)
            if length == 0:
                break
            body += yield from self._take(length)
            if (yield from self._line()):
                raise ProtocolError("a chunk longer than its size")
        while (yield from self._line()):
            pass
        return bytes(body)

    def _head(self) -> Generator[None, None, tuple[int, int, Headers]]:
        line = yield from self._line()
        status = _STATUS_LINE.fullmatch(line)
        if not status:
            raise ProtocolError("an answer that is no HTTP/1.1")
        pairs: list[tuple[str, str]] = []
        length = len(line)
        while line := (yield from self._line()):
            length += len(line)
            field = _FIELD.fullmatch(line)
            if not field or length > _MAX_HEAD_BYTES:
                raise ProtocolError("an answer with a header that is none")
            pairs.append((field[1].decode("latin-1"), field[2].decode("latin-1")))
        return int(status[2]), int(status[1]), Headers(pairs)

    def _line(self) -> Generator[None, None, bytes]:
        """Up to the next line break, without it."""
        while (end := self._buffer.find(b"\n", 0, _MAX_HEAD_BYTES)) < 0:
            if len(self._buffer) >= _MAX_HEAD_BYTES:
                raise ProtocolError("an answer with a header that is too long")
            yield from self._more()
        line = yield from self._take(end + 1)
        return line[:-1].removesuffix(b"\r")

    def _take(self, length: int) -> Generator[None, None, bytes]:
        while len(self._buffer) < length:
            yield from self._more()
        data = bytes(self._buffer[:length])
        del self._buffer[:length]
        return data

    def _more(self) -> Generator[None, None, None]:
        if self._has_ended:
            raise ProtocolError("the connection was closed")
        yield
