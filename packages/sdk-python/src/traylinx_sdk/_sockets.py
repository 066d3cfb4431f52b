"""The transport of `Traylinx`: blocking sockets, kept open between calls."""

from __future__ import annotations

import os
import queue
import select
import socket
import ssl
import threading
import time
from collections import deque
from typing import Any
from urllib.parse import urlsplit

from ._http1 import ResponseReader, encode
from .transport import HttpRequest, HttpResponse

#: Seconds that a connection may wait for its next request: less than servers wait, which would close it meanwhile.
KEEP_IDLE_S = 4.0
#: Connections to one gateway that wait, at most.
KEEP_IDLE = 32
RECEIVE_BYTES = 65_536
_PORTS = {"http": 80, "https": 443}


def tls_context() -> ssl.SSLContext:
    """What Python trusts: the system's authorities, or those that SSL_CERT_FILE and SSL_CERT_DIR name."""
    return ssl.create_default_context()


#: Host, port, and whether it is TLS.
Origin = tuple[str, int, bool]


def origin_of(request: HttpRequest) -> Origin:
    split = urlsplit(request.url)
    return split.hostname or "", split.port or _PORTS[split.scheme], split.scheme == "https"


class StandardTransport:
    """Needs nothing but Python. ``ssl_context`` is for private authorities and client certificates."""

    def __init__(self, ssl_context: ssl.SSLContext | None = None) -> None:
        self._ssl_context = ssl_context
        # Taken from and given to by many threads, which a deque allows.
        self._idle: dict[Origin, deque[tuple[socket.socket, float]]] = {}
        self._owner = os.getpid()

    def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        ends_at = time.monotonic() + timeout_s
        origin = origin_of(request)
        connection = self._take_idle(origin) or self._connect(origin, ends_at)
        reader = ResponseReader(request.method)
        response = None
        try:
            _wait_at_most(connection, ends_at)
            connection.sendall(encode(request).reveal())
            while response is None:
                _wait_at_most(connection, ends_at)
                response = reader.feed(connection.recv(RECEIVE_BYTES))
        finally:
            # Also when the user has pressed Ctrl+C: what comes now would be taken for the answer to the next request.
            if response is None or not reader.can_be_reused:
                connection.close()
        if reader.can_be_reused:
            self._keep(origin, connection)
        return response

    def close(self) -> None:
        for idle in self._idle.values():
            while idle:
                idle.pop()[0].close()

    def _take_idle(self, origin: Origin) -> socket.socket | None:
        # After a fork parent and child would speak over the same connection.
        if self._owner != os.getpid():
            self._idle, self._owner = {}, os.getpid()
        idle = self._idle.setdefault(origin, deque())
        while True:
            try:
                connection, since = idle.pop()
            except IndexError:
                return None
            # Something to read from a connection without a request is its end.
            if time.monotonic() - since < KEEP_IDLE_S and not _is_readable(connection):
                return connection
            connection.close()

    def _keep(self, origin: Origin, connection: socket.socket) -> None:
        idle = self._idle.setdefault(origin, deque())
        if len(idle) < KEEP_IDLE:
            idle.append((connection, time.monotonic()))
        else:
            connection.close()

    def _connect(self, origin: Origin, ends_at: float) -> socket.socket:
        host, port, is_tls = origin
        connection = _connect_to_any(_resolve(host, port, ends_at), ends_at)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not is_tls:
                return connection
            _wait_at_most(connection, ends_at)
            self._ssl_context = self._ssl_context or tls_context()
            return self._ssl_context.wrap_socket(connection, server_hostname=host)
        except BaseException:
            connection.close()
            raise


def _wait_at_most(connection: socket.socket, ends_at: float) -> None:
    """Each step has only what is left: who sends a byte a second gets no more time than others."""
    connection.settimeout(_remaining(ends_at))


def _remaining(ends_at: float) -> float:
    remaining = ends_at - time.monotonic()
    if remaining <= 0:
        raise TimeoutError("timed out")
    return remaining


def _is_readable(connection: socket.socket) -> bool:
    if hasattr(select, "poll"):
        # select() cannot look at the sockets of a process that has many files open.
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([connection], [], [], 0)[0])


#: Family, type, protocol, and where.
_Target = tuple[int, int, int, Any]


def _resolve(host: str, port: int, ends_at: float) -> list[_Target]:
    """In a thread of its own, as nothing ends a look-up that takes too long."""
    results: queue.SimpleQueue[list[_Target] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            results.put([(family, kind, protocol, address) for family, kind, protocol, _, address in found])
        except OSError as error:
            results.put(error)

    threading.Thread(target=look_up, name="traylinx-resolver", daemon=True).start()
    try:
        result = results.get(timeout=_remaining(ends_at))
    except queue.Empty:
        raise TimeoutError("timed out") from None
    if isinstance(result, OSError):
        raise result
    return result


def _connect_to_any(targets: list[_Target], ends_at: float) -> socket.socket:
    """The addresses of a host share the time: one that leads nowhere leaves some for the next one."""
    failure: OSError | None = None
    for index, (family, kind, protocol, address) in enumerate(targets):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_remaining(ends_at) / (len(targets) - index))
            connection.connect(address)
            return connection
        except OSError as error:
            connection.close()
            failure = error
        except BaseException:
            connection.close()
            raise
    raise failure or OSError("the host has no address")
