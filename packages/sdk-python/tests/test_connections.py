"""What the standard transports do with their connections."""

from __future__ import annotations

import asyncio
import multiprocessing
import select
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import KEY, MakeClient
from scripted_server import Answer, ScriptedServer
from test_calls import IDENTITY, WHOAMI

import traylinx_sdk as sdk
from traylinx_sdk import _asyncio, _http1, _sockets


def options(server: ScriptedServer, **more: Any) -> dict[str, Any]:
    return {"env": {}, "api_key": KEY, "base_url": server.url, **more}


def connections(server: ScriptedServer) -> list[int]:
    return [request.connection for request in server.requests]


def test_one_connection_serves_one_call_after_the_other(
    client: MakeClient, kind: str, server: ScriptedServer
) -> None:
    server.play(WHOAMI)
    made = client()
    for _ in range(5):
        made.whoami()
    assert len(set(connections(server))) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Answer(headers={"connection": "close"}, json=IDENTITY),
        # More than it said: what follows could be taken for the next answer.
        Answer(text='{"keyId": 1}HTTP/1.1 200 OK', headers={"content-length": "12"}),
    ],
)
def test_a_connection_is_not_used_again_when_the_server_says_so_or_says_too_much(
    client: MakeClient, kind: str, server: ScriptedServer, reply: Answer
) -> None:
    if "httpx" in kind:
        return
    server.play(reply)
    made = client()
    for _ in range(2):
        made.request("GET", "/v1/x")
    assert len(set(connections(server))) == 2


def test_a_connection_that_the_server_has_closed_meanwhile_costs_no_retry(
    client: MakeClient, kind: str, server: ScriptedServer
) -> None:
    if "httpx" in kind:
        return
    made = client(max_retries=0)
    server.play(WHOAMI)
    for _ in range(3):
        made.whoami()
        server.hang_up()
        wait_for_its_end(made, kind)


def wait_for_its_end(made: Any, kind: str) -> None:
    if kind == "blocking":
        (((connection, _),),) = made._transport._idle.values()
        assert select.select([connection], [], [], 30)[0]
        return

    async def poll() -> None:
        ((connection,),) = made._target._transport._state.idle.values()
        while not connection._has_ended:
            await asyncio.sleep(0.001)

    made._loop.run_until_complete(asyncio.wait_for(poll(), 30))


def test_an_idle_connection_is_not_kept_for_longer_than_servers_do(
    client: MakeClient, kind: str, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "httpx" in kind:
        return
    monkeypatch.setattr(_sockets, "KEEP_IDLE_S", 0)
    monkeypatch.setattr(_asyncio, "KEEP_IDLE_S", 0)
    server.play(WHOAMI)
    made = client()
    made.whoami()
    made.whoami()
    assert len(set(connections(server))) == 2


def test_threads_share_a_client_and_never_an_answer(server: ScriptedServer) -> None:
    server.play(WHOAMI)
    with sdk.Traylinx(**options(server)) as made, ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda n: made.request("GET", f"/v1/{n}", request_id=f"r-{n}").request_id, range(200))
        )
    assert answers == [f"r-{n}" for n in range(200)]
    # No more connections than threads.
    assert len(set(connections(server))) <= 16


def test_one_transport_keeps_the_connections_to_two_gateways_apart(server: ScriptedServer) -> None:
    other = ScriptedServer()
    transport = sdk.StandardTransport()
    for one in (server, other):
        one.play(WHOAMI)
        sdk.Traylinx(**options(one, transport=transport)).whoami()
    for one in (server, other):
        sdk.Traylinx(**options(one, transport=transport)).whoami()
        assert len(one.requests) == 2
    transport.close()
    other.close()


# Later Pythons warn of forks beside threads; people fork nevertheless.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_process_makes_connections_of_its_own(server: ScriptedServer) -> None:
    server.play(WHOAMI)
    context = multiprocessing.get_context("fork")
    with sdk.Traylinx(**options(server)) as made:
        made.whoami()
        child = context.Process(target=made.whoami)
        child.start()
        child.join(30)
        assert child.exitcode == 0
        made.whoami()
    first, of_the_child, last = connections(server)
    assert first == last != of_the_child


def test_a_host_whose_first_address_leads_nowhere_is_reached_by_the_next(
    client: MakeClient, kind: str, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "httpx" in kind:
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        dead = free.getsockname()
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in (dead, ("127.0.0.1", server.port))
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    server.play(WHOAMI)
    client(base_url=f"http://gateway.example:{server.port}").whoami()


def test_a_name_server_that_does_not_answer_takes_no_more_than_the_time_of_the_call(
    client: MakeClient, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "httpx" in kind:
        return
    answered = threading.Event()

    def look_up(*_: object, **__: object) -> list[Any]:
        answered.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    try:
        with pytest.raises(sdk.TimeoutError):
            client(base_url="http://gateway.example", timeout_s=0.05).whoami()
    finally:
        answered.set()


def test_who_sends_drop_by_drop_gets_no_more_time(client: MakeClient, kind: str) -> None:
    if kind == "blocking httpx":
        return
    ended = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nx-drops: ")
            while not ended.wait(0.01):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            with pytest.raises(sdk.TimeoutError):
                client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout_s=0.2).whoami()
        finally:
            ended.set()
            dripping.join()


def run(
    main: Callable[[sdk.AsyncTraylinx], Coroutine[Any, Any, None]], server: ScriptedServer, **more: Any
) -> None:
    async def with_client() -> None:
        async with sdk.AsyncTraylinx(**options(server, **more)) as made:
            await main(made)

    asyncio.run(with_client())


class TestATask:
    def test_that_is_cancelled_ends_at_once_and_takes_its_connection_along(
        self, server: ScriptedServer
    ) -> None:
        async def main(made: sdk.AsyncTraylinx) -> None:
            server.play(WHOAMI)
            await made.whoami()
            server.play("silence")
            call = asyncio.create_task(made.whoami())
            await asyncio.to_thread(server.wait_for_requests, 1)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            (of_the_cancelled,) = connections(server)
            server.play(WHOAMI)
            assert (await made.whoami()).key_id == "k"
            assert connections(server) != [of_the_cancelled]

        run(main, server)

    def test_that_waits_for_a_retry_is_cancelled(self, server: ScriptedServer) -> None:
        async def main(made: sdk.AsyncTraylinx) -> None:
            server.play(Answer(503, {"retry-after": "9"}))
            call = asyncio.create_task(made.whoami())
            await asyncio.to_thread(server.wait_for_requests, 1)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert len(server.requests) == 1

        run(main, server)

    def test_of_another_timeout_is_ended_by_that(self, server: ScriptedServer) -> None:
        async def main(made: sdk.AsyncTraylinx) -> None:
            server.play("silence")
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(made.whoami(), 0.05)

        run(main, server)

    def test_does_not_keep_others_from_going_on(self, server: ScriptedServer) -> None:
        async def main(made: sdk.AsyncTraylinx) -> None:
            server.play("silence")
            silent = asyncio.create_task(made.whoami())
            await asyncio.to_thread(server.wait_for_requests, 1)
            server.play(WHOAMI)
            await asyncio.gather(*(made.whoami() for _ in range(20)))
            assert not silent.done()
            silent.cancel()
            await asyncio.wait([silent])

        run(main, server)

    def test_waits_when_there_are_too_many_connections_and_its_time_runs(
        self, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_asyncio, "MAX_CONNECTIONS", 2)

        async def main(made: sdk.AsyncTraylinx) -> None:
            server.play(WHOAMI)
            await asyncio.gather(*(made.whoami() for _ in range(20)))
            assert len(set(connections(server))) <= 2
            server.play("silence")
            results = await asyncio.gather(
                *(made.whoami(timeout_s=0.1, max_retries=0) for _ in range(4)), return_exceptions=True
            )
            assert {type(result) for result in results} == {sdk.TimeoutError}
            assert len(server.requests) <= 2

        run(main, server)


def test_a_client_outlives_its_event_loop(server: ScriptedServer) -> None:
    server.play(WHOAMI)
    made = sdk.AsyncTraylinx(**options(server))

    async def call() -> None:
        await made.whoami()
        await made.aclose()

    asyncio.run(call())
    asyncio.run(call())
    assert len(server.requests) == 2


def test_ctrl_c_closes_the_connection(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.play(WHOAMI)
    with sdk.Traylinx(**options(server)) as made:
        with monkeypatch.context() as patched:

            def interrupt(*_: object) -> None:
                raise KeyboardInterrupt

            patched.setattr(_http1.ResponseReader, "feed", interrupt)
            with pytest.raises(KeyboardInterrupt):
                made.whoami()
        made.whoami()
    assert len(set(connections(server))) == 2
