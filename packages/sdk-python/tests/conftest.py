from __future__ import annotations

import asyncio
import inspect
import os
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from keys import make_key
from scripted_server import ScriptedServer

from traylinx_sdk import AsyncTraylinx, Traylinx
from traylinx_sdk.httpx_transport import AsyncHttpxTransport, HttpxTransport

KEY = make_key()
ADMIN_TOKEN = "the-admin-token"
TRUSTED = ssl.create_default_context()

#: Makes a client for the scripted server; both kinds, with both transports, have to do the same.
MakeClient = Callable[..., Any]


@pytest.fixture(scope="session")
def shared_server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def server(shared_server: ScriptedServer) -> ScriptedServer:
    shared_server.play()
    return shared_server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1, which nobody trusts; its key is beside it."""
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *subject]
    run = [
        os.environ.get("OPENSSL_BIN", "openssl"),
        *new,
        "-keyout",
        str(path.with_suffix(".key")),
        "-out",
        str(path),
    ]
    subprocess.run(run, check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def tls_server(certificate: Path) -> Iterator[ScriptedServer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    server = ScriptedServer(context)
    yield server
    server.close()


class Blocking:
    """An asyncio client, used as the blocking one is."""

    def __init__(self, target: object, loop: asyncio.AbstractEventLoop) -> None:
        self._target = target
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._target, name)
        return self._wrap(attribute) if callable(attribute) else Blocking(attribute, self._loop)

    def __iter__(self) -> Iterator[Any]:
        return self._drain(self._target)

    def _wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            result = function(*args, **named)
            if inspect.isawaitable(result):
                return self._loop.run_until_complete(_as_coroutine(result))
            return Blocking(result, self._loop) if hasattr(result, "__aiter__") else result

        return call

    def _drain(self, iterable: Any) -> Iterator[Any]:
        iterator = iterable.__aiter__()
        while True:
            try:
                yield self._loop.run_until_complete(_as_coroutine(iterator.__anext__()))
            except StopAsyncIteration:
                return


async def _as_coroutine(awaitable: Any) -> Any:
    return await awaitable


@pytest.fixture(params=["blocking", "asyncio", "blocking httpx", "asyncio httpx"])
def kind(request: pytest.FixtureRequest) -> str:
    """Of the client that a test is about."""
    return str(request.param)


@pytest.fixture
def client(kind: str, server: ScriptedServer) -> Iterator[MakeClient]:
    loop = asyncio.new_event_loop()
    clients: list[Any] = []

    def make(**options: Any) -> Any:
        options = {"env": {}, "api_key": KEY, "admin_token": ADMIN_TOKEN, "base_url": server.url, **options}
        if kind.endswith("httpx") and "transport" not in options:
            # A context takes httpx a tenth of a second.
            options["transport"] = (
                AsyncHttpxTransport(httpx.AsyncClient(verify=TRUSTED))
                if "asyncio" in kind
                else HttpxTransport(httpx.Client(verify=TRUSTED))
            )
        made = Blocking(AsyncTraylinx(**options), loop) if "asyncio" in kind else Traylinx(**options)
        clients.append(made)
        return made

    yield make
    for made in clients:
        made.aclose() if isinstance(made, Blocking) else made.close()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
