"""The reader of answers, fed in pieces of every size."""

from __future__ import annotations

import pytest

from traylinx_sdk._http1 import ProtocolError, ResponseReader, encode
from traylinx_sdk._hidden import Hidden
from traylinx_sdk.transport import HttpRequest, HttpResponse


def read(data: bytes, method: str = "GET", size: int = 1) -> tuple[HttpResponse, bool]:
    reader = ResponseReader(method)
    response = None
    for at in range(0, len(data), size):
        assert response is None or reader.can_be_reused is False, "it was whole before its end"
        response = reader.feed(data[at : at + size])
    response = response or reader.feed(b"")
    assert response is not None
    return response, reader.can_be_reused


@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
@pytest.mark.parametrize(
    ("data", "status", "body", "is_kept"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, b"abc", True),
        (b"HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", 200, b"", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\na", 200, b"a", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", 200, b"a", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na", 200, b"a", True),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, b"until the end", False),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 201 C\r\nContent-Length: 1\r\n\r\na",
            201,
            b"a",
            True,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
            200,
            b"abc0123456789",
            True,
        ),
        (b"HTTP/1.1 200 OK\nContent-Length: 1\n\na", 200, b"a", True),
    ],
)
def test_reads_what_servers_send(data: bytes, size: int, status: int, body: bytes, is_kept: bool) -> None:
    response, can_be_reused = read(data, size=size)
    assert (response.status, response.body.reveal(), can_be_reused) == (status, body, is_kept)


def test_expects_no_body_after_head() -> None:
    response, can_be_reused = read(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HEAD")
    assert (response.body.reveal(), can_be_reused) == (b"", True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20\r\n\r\n",
        b"HTTP/1.1 700 No\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\x00\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1_0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"a" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 20_000 + b"\r\n",
    ],
)
def test_refuses_what_is_no_answer_or_not_all_of_one(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read(data, size=4096)


def test_a_header_that_comes_twice_is_joined_and_found_in_any_case() -> None:
    response, _ = read(b"HTTP/1.1 204 No\r\nX-A: 1\r\nx-a:  2 \r\n\r\n")
    assert response.headers["X-a"] == "1, 2"
    assert "x-A" in response.headers and response.headers.get("x-b") is None


def test_writes_a_request_as_servers_expect_it() -> None:
    request = HttpRequest("POST", "https://[::1]:8443/v1/x?a=b", Hidden({"x-a": "ü"}), Hidden(b"{}"))
    assert encode(request).reveal() == (
        b"POST /v1/x?a=b HTTP/1.1\r\nhost: [::1]:8443\r\nx-a: \xfc\r\naccept-encoding: identity\r\n"
        b"content-length: 2\r\n\r\n{}"
    )
    assert b"content-length: 0" in encode(HttpRequest("POST", "http://x/", Hidden({}), None)).reveal()
    assert b"content-length" not in encode(HttpRequest("GET", "http://x/", Hidden({}), None)).reveal()
