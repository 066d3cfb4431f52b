"""Calls by way of httpx (``pip install traylinx-sdk[httpx]``): for its proxies, its HTTP/2, its mounts and its mocks.

Follow no redirects with the client that you pass: the key would go along.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx

from .transport import Headers, HttpRequest, HttpResponse


class HttpxTransport:
    """For `Traylinx`. httpx counts the time of each step, not of the whole call: one may take longer than it says, when
    an answer comes drop by drop."""

    def __init__(self, client: httpx.Client | None = None) -> None:
        self._client = httpx.Client() if client is None else client

    def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        ends_at = time.monotonic() + timeout_s
        try:
            with self._client.stream(**_arguments(request, timeout_s)) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if time.monotonic() > ends_at:
                        raise TimeoutError("timed out")
                return _response(response, bytes(body))
        except httpx.TimeoutException:
            raise TimeoutError("timed out") from None
        except httpx.HTTPError as error:
            raise OSError(str(error)) from error

    def close(self) -> None:
        self._client.close()


class AsyncHttpxTransport:
    """For `AsyncTraylinx`."""

    def __init__(self, client: httpx.AsyncClient | None = None) -> None:
        self._client = httpx.AsyncClient() if client is None else client

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        try:
            # In a task of its own: anyio, which httpx uses, counts the cancellations of its task in its own way.
            return await asyncio.wait_for(self._exchange(request, timeout_s), timeout_s)
        # What is one class only from Python 3.11 on.
        except (asyncio.TimeoutError, httpx.TimeoutException):
            raise TimeoutError("timed out") from None
        except httpx.HTTPError as error:
            raise OSError(str(error)) from error

    async def _exchange(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        # With a time of its own for each step: older anyios lose a cancellation that comes while they connect.
        async with self._client.stream(**_arguments(request, timeout_s)) as response:
            return _response(response, await response.aread())

    async def aclose(self) -> None:
        await self._client.aclose()


def _arguments(request: HttpRequest, timeout_s: float) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.url,
        "headers": request.headers(),
        "content": request.body(),
        "follow_redirects": False,
        "timeout": timeout_s,
    }


def _response(response: httpx.Response, body: bytes) -> HttpResponse:
    return HttpResponse(response.status_code, Headers(response.headers.multi_items()), body)
