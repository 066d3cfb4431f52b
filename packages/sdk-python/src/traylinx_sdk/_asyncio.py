"""The transport of `AsyncTraylinx`: asyncio's own connections, kept open between calls. No threads, but those in which
asyncio looks hosts up."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from types import TracebackType
from typing import Any

from ._http1 import ResponseReader, encode
from ._sockets import KEEP_IDLE, KEEP_IDLE_S, Origin, origin_of, tls_context
from .transport import HttpRequest, HttpResponse

#: Connections of one event loop at a time; more requests wait, and their time runs.
MAX_CONNECTIONS = 128


class Deadline:
    """Ends what is awaited inside it with TimeoutError; None: never. As asyncio.timeout, which Python 3.10 has not."""

    def __init__(self, timeout_s: float | None) -> None:
        self._timeout_s = timeout_s
        self._has_expired = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("not in a task")
        self._task = task
        # Of those who cancel it from outside. 3.10 does not count them.
        self._cancelling = task.cancelling() if hasattr(task, "cancelling") else 0
        self._timer: asyncio.TimerHandle | None = None
        if self._timeout_s is not None:
            self._timer = asyncio.get_running_loop().call_later(self._timeout_s, self._expire)

    def _expire(self) -> None:
        self._has_expired = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self._has_expired:
            return
        is_ours = not hasattr(self._task, "uncancel") or self._task.uncancel() <= self._cancelling
        if kind is asyncio.CancelledError and is_ours:
            raise TimeoutError("timed out") from None


class _Connection(asyncio.Protocol):
    """What has come and was not asked for yet."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._has_ended = False
        self._failure: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._wake()

    def eof_received(self) -> None:
        self._has_ended = True
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        self._has_ended = True
        self._failure = error
        self._wake()

    @property
    def is_fresh(self) -> bool:
        """Something to read from a connection without a request is its end."""
        return not self._has_ended and not self._received and time.monotonic() - self.idle_since < KEEP_IDLE_S

    def send(self, data: bytes) -> None:
        if self._transport is None:
            raise OSError("no connection")
        self._transport.write(data)

    async def receive(self) -> bytes:
        """Nothing: no more will come."""
        while not self._received and not self._has_ended:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        data, self._received = bytes(self._received), bytearray()
        if not data and self._failure:
            raise self._failure
        return data

    def close(self) -> None:
        if self._transport is not None:
            # At once: nobody waits for what is left.
            self._transport.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class _LoopState:
    """What belongs to one event loop, and is of no use to another one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.idle: dict[Origin, list[_Connection]] = {}
        self.slots = asyncio.Semaphore(MAX_CONNECTIONS)


class AsyncStandardTransport:
    """Needs nothing but Python. ``ssl_context`` is for private authorities and client certificates."""

    def __init__(self, ssl_context: ssl.SSLContext | None = None) -> None:
        self._ssl_context = ssl_context
        self._state: _LoopState | None = None

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        state = self._state_of_loop()
        with Deadline(timeout_s):
            async with state.slots:
                return await self._exchange(request, state, time.monotonic() + timeout_s)

    async def aclose(self) -> None:
        state = self._state_of_loop()
        for idle in state.idle.values():
            while idle:
                idle.pop().close()
        # The loop closes them in its next round.
        await asyncio.sleep(0)

    async def _exchange(self, request: HttpRequest, state: _LoopState, ends_at: float) -> HttpResponse:
        origin = origin_of(request)
        idle = state.idle.setdefault(origin, [])
        connection = _take_fresh(idle) or await self._connect(origin, ends_at)
        reader = ResponseReader(request.method)
        response = None
        try:
            connection.send(encode(request).reveal())
            while response is None:
                response = reader.feed(await connection.receive())
        finally:
            # Also when it was cancelled: what comes now would be taken for the answer to the next request.
            if response is None or not reader.can_be_reused:
                connection.close()
        if reader.can_be_reused:
            _keep(connection, idle)
        return response

    def _state_of_loop(self) -> _LoopState:
        loop = asyncio.get_running_loop()
        if self._state is None or self._state.loop is not loop:
            self._state = _LoopState(loop)
        return self._state

    async def _connect(self, origin: Origin, ends_at: float) -> _Connection:
        loop = asyncio.get_running_loop()
        host, port, is_tls = origin
        targets = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        connected = await _connect_to_any(targets, ends_at)
        try:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if is_tls:
                self._ssl_context = self._ssl_context or tls_context()
                tls: dict[str, Any] = {"ssl": self._ssl_context, "server_hostname": host}
            else:
                tls = {}
            _, connection = await loop.create_connection(_Connection, sock=connected, **tls)
            return connection
        except BaseException:
            connected.close()
            raise


def _take_fresh(idle: list[_Connection]) -> _Connection | None:
    while idle:
        connection = idle.pop()
        if connection.is_fresh:
            return connection
        connection.close()
    return None


def _keep(connection: _Connection, idle: list[_Connection]) -> None:
    connection.idle_since = time.monotonic()
    if len(idle) < KEEP_IDLE:
        idle.append(connection)
    else:
        connection.close()


async def _connect_to_any(targets: list[Any], ends_at: float) -> socket.socket:
    """The addresses of a host share the time: one that leads nowhere leaves some for the next one."""
    failure: OSError | None = None
    for index, (family, kind, protocol, _, address) in enumerate(targets):
        connection = socket.socket(family, kind, protocol)
        connection.setblocking(False)
        left = len(targets) - index
        try:
            # The last one has what is left of the whole time.
            with Deadline((ends_at - time.monotonic()) / left if left > 1 else None):
                await asyncio.get_running_loop().sock_connect(connection, address)
            return connection
        except OSError as error:
            connection.close()
            failure = error
        except BaseException:
            connection.close()
            raise
    raise failure or OSError("the host has no address")
