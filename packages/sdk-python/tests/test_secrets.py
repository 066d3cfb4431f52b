"""Nothing shows a secret that was not asked for it by name."""

from __future__ import annotations

import copy
import dataclasses
import logging
import pickle
import pprint
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from conftest import ADMIN_TOKEN, KEY, MakeClient
from keys import make_key
from scripted_server import Answer, ScriptedServer, problem
from test_calls import API_KEY

import traylinx_sdk as sdk

OTHER_KEY = make_key()
BROKEN = KEY[:-1] + ("0" if KEY[-1] != "0" else "1")


def shows_no_secret(text: str) -> bool:
    return not any(secret in text for secret in (KEY[8:-1], OTHER_KEY[8:-1], ADMIN_TOKEN))


def everything_about(value: object, depth: int = 8) -> str:
    """What a debugger, or a reporter of errors, finds that walks through all attributes."""
    seen = [repr(value), str(value), f"{value}", pprint.pformat(value), "%r" % (value,)]
    if depth > 0 and type(value).__module__.startswith("traylinx_sdk"):
        names = [
            *getattr(value, "__dict__", {}),
            *(name for cls in type(value).__mro__ for name in getattr(cls, "__slots__", ())),
        ]
        seen += [everything_about(getattr(value, name), depth - 1) for name in names]
    if isinstance(value, dict):
        seen += [everything_about(item, depth - 1) for item in value.values()]
    return "\n".join(seen)


@pytest.mark.parametrize("cls", [sdk.Traylinx, sdk.AsyncTraylinx])
class TestAClient:
    def make(self, cls: Any) -> Any:
        return cls(
            env={}, api_key=KEY, admin_token=ADMIN_TOKEN, service_token="s", base_url="https://x.example"
        )

    def test_is_printed_with_the_start_of_its_key_alone(self, cls: Any) -> None:
        made = self.make(cls)
        assert repr(made) == f"{cls.__name__}(https://x.example, api_key={KEY[:8]}…, admin_token=[hidden])"
        assert shows_no_secret(everything_about(made))
        assert shows_no_secret(everything_about(vars(made)))
        settings = made._settings
        assert shows_no_secret(str(dataclasses.asdict(settings)) + str(dataclasses.astuple(settings)))

    def test_is_logged_without_its_secrets(self, cls: Any, caplog: pytest.LogCaptureFixture) -> None:
        logging.getLogger("test").warning("client %s %r", self.make(cls), self.make(cls))
        assert KEY[:8] in caplog.text
        assert shows_no_secret(caplog.text)

    @pytest.mark.parametrize("carry", [pickle.dumps, copy.copy, copy.deepcopy])
    def test_is_neither_pickled_nor_copied(self, cls: Any, carry: Callable[[object], object]) -> None:
        with pytest.raises(TypeError, match="has secrets in it"):
            carry(self.make(cls))
        with pytest.raises(TypeError, match="secret"):
            pickle.dumps(self.make(cls)._settings)


def report_of(call: Callable[[], object], error_class: type[Exception] = sdk.TraylinxError) -> str:
    """With the variables of all our frames, as reporters of errors send them to somebody else."""
    with pytest.raises(error_class) as caught:
        call()
    error: BaseException | None = caught.value
    seen = [everything_about(error), everything_about(vars(error))]
    while error is not None:
        report = traceback.TracebackException(type(error), error, error.__traceback__, capture_locals=True)
        for frame in report.stack:
            # Those of this test have the key, as whoever calls us has.
            if "/tests/" not in frame.filename:
                seen += [str(frame.locals)]
        seen.append(str(error))
        error = error.__cause__ or error.__context__
    return "\n".join(seen)


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": BROKEN},
        {"env": {"TRAYLINX_API_KEY": BROKEN}},
        {"env": {"TRAYLINX_API_KEY": KEY, "TRAYLINX_ADMIN_TOKEN": OTHER_KEY}},
        {"admin_token": f"{ADMIN_TOKEN} {ADMIN_TOKEN}"},
        {"api_key": KEY, "base_url": "nonsense"},
        {"api_key": KEY, "max_retries": -1},
    ],
)
@pytest.mark.parametrize("cls", [sdk.Traylinx, sdk.AsyncTraylinx])
def test_a_client_that_cannot_be_made_tells_no_secret(cls: Any, options: dict[str, Any]) -> None:
    report = report_of(lambda: cls(**{"env": {}, "base_url": "https://x", **options}), sdk.ConfigurationError)
    assert shows_no_secret(report)


CALLS: list[Callable[[Any], object]] = [
    lambda c: c.whoami(),
    lambda c: c.verify(OTHER_KEY),
    lambda c: c.batch_verify([OTHER_KEY]),
    lambda c: c.api_keys.lookup(OTHER_KEY),
    lambda c: c.api_keys.delete("p", "k"),
    lambda c: c.projects.list().to_list(),
    lambda c: c.request("POST", "/v1/x", json={"key": OTHER_KEY}, headers={"x-key": OTHER_KEY}),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "reply",
    [
        "lost",
        problem(
            400, "invalid_request", detail=f"you sent {KEY}, {OTHER_KEY} and {ADMIN_TOKEN}", more=[{"a": KEY}]
        ),
        problem(401, "api_key_unknown", title=f"you sent {KEY}, {OTHER_KEY} and {ADMIN_TOKEN}"),
        Answer(302, {"location": f"https://x.example/?{KEY}"}),
    ],
)
def test_no_error_shows_a_secret(client: MakeClient, server: ScriptedServer, call: Any, reply: Any) -> None:
    server.play(reply)
    made = client(max_retries=0)
    assert shows_no_secret(report_of(lambda: call(made)))


@pytest.mark.parametrize("call", CALLS)
def test_no_refused_connection_and_no_timeout_shows_a_secret(
    client: MakeClient, server: ScriptedServer, call: Any
) -> None:
    server.play("silence")
    silent = client(timeout_s=0.02, verify_timeout_s=0.02, delete_timeout_s=0.02)
    assert shows_no_secret(report_of(lambda: call(silent), sdk.TimeoutError))
    unheard = client(base_url="http://127.0.0.1:1", max_retries=0)
    assert shows_no_secret(report_of(lambda: call(unheard), sdk.ConnectionError))


def test_a_wrong_header_is_refused_without_its_value(client: MakeClient) -> None:
    made = client()
    for name in ("x-key", "authorization"):
        headers = {name: f"{OTHER_KEY}\n"}
        assert shows_no_secret(report_of(lambda: made.request("GET", "/v1/x", headers=headers)))


def test_a_key_that_was_made_is_there_for_who_asks_and_not_printed(
    client: MakeClient, server: ScriptedServer
) -> None:
    server.play(Answer(201, json={**API_KEY, "key": KEY}))
    created = client().api_keys.create("p")
    assert created.key == KEY
    assert shows_no_secret(f"{created!r} {created} {pprint.pformat(created)}")
    server.play(Answer(201, json={**API_KEY, "key": KEY, "status": 7}))
    assert shows_no_secret(report_of(lambda: client().api_keys.create("p"), sdk.UnexpectedAnswerError))


@pytest.mark.parametrize(
    "error",
    [
        sdk.ConfigurationError("m"),
        sdk.ConnectionError("m", "refused", "r"),
        sdk.TimeoutError("m", 3.0, "r"),
        sdk.UnexpectedAnswerError("m", 200, "r"),
        sdk.AuthenticationError(
            "m", status=401, code="api_key_deleted", request_id="r", errors=(sdk.FieldError("/a", "b"),)
        ),
    ],
)
def test_an_error_crosses_processes_as_it_is(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_the_report_of_this_test_would_show_a_secret() -> None:
    def leak(secret: str) -> None:
        local = [secret]
        raise sdk.TraylinxError(str(len(local)))

    leak.__code__ = leak.__code__.replace(co_filename="elsewhere.py")
    assert not shows_no_secret(report_of(lambda: leak(KEY)))
    assert "elsewhere" not in sys.modules
