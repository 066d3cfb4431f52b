"""Answers as bad gateways and proxies do, which the real one cannot be made to do."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal, Union


@dataclass
class Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    text: str | None = None

    def encode(self) -> bytes:
        text = (json.dumps(self.json) if self.json is not None else "") if self.text is None else self.text
        headers = {"content-length": str(len(text.encode()))} if self.status != 204 else {}
        if self.json is not None:
            headers["content-type"] = "application/json"
        headers.update(self.headers)
        lines = [f"HTTP/1.1 {self.status} Said", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join([*lines, "", ""]) + text).encode()


#: `lost`: the connection ends without an answer; `silence`: nothing ever comes; bytes: exactly those, and the end.
Reply = Union[Answer, bytes, Literal["lost", "silence"]]


def problem(status: int, code: str, *, headers: dict[str, str] | None = None, **more: object) -> Answer:
    body = {
        "type": f"urn:traylinx:problem:{code}",
        "title": code,
        "status": status,
        "code": code,
        "requestId": "r-1",
    }
    return Answer(
        status,
        {"content-type": "application/problem+json", **(headers or {})},
        text=json.dumps({**body, **more}),
    )


@dataclass
class Received:
    method: str
    url: str
    headers: dict[str, str]
    body: str
    #: Which connection it came by.
    connection: int


class ScriptedServer:
    """As soon as it is made, it listens."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._script: list[Reply] = []
        self._connections: list[socket.socket] = []
        self._changed = threading.Condition()
        self.requests: list[Received] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def play(self, *replies: Reply) -> None:
        """What comes next, one for each request; the last one for all that follow."""
        with self._changed:
            self._script = list(replies)
            self.requests.clear()

    def wait_for_requests(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.requests) >= count, timeout=30)

    def hang_up(self) -> None:
        """Ends all connections, as a server does with those that are idle."""
        with self._changed:
            for connection in self._connections:
                _end(connection)
            self._connections.clear()

    def close(self) -> None:
        _end(self._listener)
        self.hang_up()

    def _accept(self) -> None:
        number = 0
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            number += 1
            with self._changed:
                self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        if self._tls:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:
                connection.close()
                return
        with connection, connection.makefile("rb") as stream:
            while (received := _read(stream, number)) and self._answer(connection, received):
                pass

    def _answer(self, connection: socket.socket, received: Received) -> bool:
        """Whether the connection goes on."""
        with self._changed:
            self.requests.append(received)
            reply = (
                (self._script.pop(0) if len(self._script) > 1 else self._script[0])
                if self._script
                else Answer(500)
            )
            self._changed.notify_all()
        if reply == "lost":
            return False
        if isinstance(reply, Answer):
            connection.sendall(reply.encode())
        elif isinstance(reply, bytes):
            connection.sendall(reply)
            return False
        return True


def _read(stream: BinaryIO, number: int) -> Received | None:
    try:
        lines: list[str] = []
        while line := stream.readline().decode("latin-1").rstrip("\r\n"):
            lines.append(line)
        if not lines:
            return None
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        body = stream.read(int(headers.get("content-length", 0))).decode()
        method, url, _ = lines[0].split(" ")
        return Received(method, url, headers, body, number)
    except (OSError, ValueError):
        return None


def _end(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
