from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from conftest import MakeClient
from keys import make_key
from scripted_server import Answer, Reply, ScriptedServer, problem
from test_calls import API_KEY, PROJECT, WHOAMI

import traylinx_sdk as sdk
from traylinx_sdk import _retry
from traylinx_sdk._retry import parse_retry_after, retry_delay_s
from traylinx_sdk.transport import Headers, HttpRequest, HttpResponse

DONE = Answer(204)


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_retry, "_FIRST_DELAY_S", 0.001)


def soon(status: int) -> Answer:
    return problem(status, "unavailable", headers={"retry-after": "0"})


class TestACallIsSentAgain:
    @pytest.mark.parametrize(
        "reply", ["lost", soon(408), soon(429), soon(500), soon(502), soon(503), soon(504)]
    )
    def test_twice_and_under_the_same_name(
        self, client: MakeClient, server: ScriptedServer, reply: Reply
    ) -> None:
        server.play(reply, reply, WHOAMI)
        client().whoami()
        assert len(server.requests) == 3
        assert len({request.headers["x-request-id"] for request in server.requests}) == 1
        server.play(reply)
        with pytest.raises(sdk.TraylinxError):
            client().whoami()
        assert len(server.requests) == 3
        server.play(reply)
        with pytest.raises(sdk.TraylinxError):
            client().whoami(max_retries=0)
        assert len(server.requests) == 1

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 422])
    def test_not_when_the_answer_would_be_the_same(
        self, client: MakeClient, server: ScriptedServer, status: int
    ) -> None:
        server.play(problem(status, "x"), WHOAMI)
        with pytest.raises(sdk.ApiError):
            client().whoami()
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("method", "reply", "sendings"),
        [
            ("GET", soon(503), 3),
            ("HEAD", Answer(503, {"retry-after": "0"}, text=""), 3),
            ("PUT", soon(503), 3),
            ("DELETE", soon(503), 3),
            ("POST", soon(503), 1),
            ("PATCH", soon(503), 1),
            ("POST", "lost", 1),
            ("POST", soon(429), 3),
        ],
    )
    def test_only_when_nothing_can_happen_twice(
        self, client: MakeClient, server: ScriptedServer, method: str, reply: Reply, sendings: int
    ) -> None:
        server.play(reply)
        with pytest.raises(sdk.TraylinxError):
            client().request(method, "/v1/x")
        assert len(server.requests) == sendings
        server.play(reply)
        with pytest.raises(sdk.TraylinxError):
            client().request(method, "/v1/x", is_repeatable=True)
        assert len(server.requests) == 3

    @pytest.mark.parametrize(
        ("error", "sendings"),
        [
            (ConnectionRefusedError(111, "refused"), 3),
            (socket.gaierror(-2, "unknown"), 3),
            (ssl.SSLError(1, "certificate"), 1),
            (ConnectionResetError(104, "reset"), 1),
            (TimeoutError(110, "the system's own time for a connection"), 1),
        ],
    )
    def test_also_a_post_when_nothing_was_reached(self, error: OSError, sendings: int) -> None:
        class Failing:
            sendings = 0

            def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
                self.sendings += 1
                raise error

            def close(self) -> None:
                pass

        transport = Failing()
        made = sdk.Traylinx(env={}, admin_token="s", base_url="http://x", transport=transport)
        with pytest.raises(sdk.ConnectionError):
            made.projects.create("P")
        assert transport.sendings == sendings

    @pytest.mark.parametrize(
        "call",
        [
            lambda c: c.verify(make_key()),
            lambda c: c.batch_verify([make_key()]),
            lambda c: c.api_keys.lookup(make_key()),
            lambda c: c.api_keys.change_note("p", "k", "x"),
            lambda c: c.projects.rename("p", "x"),
            lambda c: c.api_keys.usage("p", "k"),
        ],
    )
    def test_when_its_repetition_does_no_harm(
        self, client: MakeClient, server: ScriptedServer, call: Callable[[Any], object]
    ) -> None:
        server.play(soon(503))
        with pytest.raises(sdk.UnavailableError):
            call(client())
        assert len(server.requests) == 3

    def test_not_when_a_second_project_would_be_made(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play(soon(503), PROJECT)
        with pytest.raises(sdk.UnavailableError):
            client().projects.create("P")
        assert len(server.requests) == 1

    def test_and_a_timeout_tells_what_the_sending_before_it_came_to(self) -> None:
        class Slow:
            outcomes: Iterator[HttpResponse | Exception] = iter(
                [HttpResponse(503, Headers([("retry-after", "0")]), b""), TimeoutError("timed out")]
            )

            def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
                outcome = next(self.outcomes)
                if isinstance(outcome, Exception):
                    raise outcome
                return outcome

            def close(self) -> None:
                pass

        with pytest.raises(sdk.TimeoutError) as caught:
            sdk.Traylinx(env={}, admin_token="s", base_url="http://x", transport=Slow()).me()
        assert isinstance(caught.value.__cause__, sdk.UnavailableError)


class TestTheCreationOfAKey:
    CREATED = Answer(201, json={**API_KEY, "key": make_key()})

    def test_is_repeated_with_the_same_idempotency_key(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play("lost", soon(503), self.CREATED)
        made = client()
        assert made.api_keys.create("p").key == self.CREATED.json["key"]
        keys = [request.headers["idempotency-key"] for request in server.requests]
        assert len(keys) == 3 and len(set(keys)) == 1
        server.play(self.CREATED)
        made.api_keys.create("p")
        made.api_keys.create("p", idempotency_key="mine")
        assert server.requests[0].headers["idempotency-key"] != keys[0]
        assert server.requests[1].headers["idempotency-key"] == "mine"

    def test_whose_answer_was_lost_says_that_the_key_was_made(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play("lost", problem(409, "idempotency_key_reused", detail="It made the key k-7."))
        with pytest.raises(sdk.ConflictError, match="It made the key k-7") as caught:
            client().api_keys.create("p")
        assert caught.value.code == "idempotency_key_reused"


class TestADeletion:
    GONE = problem(404, "api_key_not_found")

    @pytest.mark.parametrize("reply", ["lost", soon(503), soon(504)])
    def test_is_done_when_its_repetition_finds_nothing(
        self, client: MakeClient, server: ScriptedServer, reply: Reply
    ) -> None:
        made = client()
        for second in (self.GONE, problem(404, "project_not_found"), DONE):
            server.play(reply, second)
            assert made.api_keys.delete("p", "k") is None
            server.play(reply, second)
            assert made.projects.delete("p") is None

    @pytest.mark.parametrize("replies", [[GONE], [soon(429), GONE]])
    def test_is_refused_when_there_was_nothing_in_the_first_place(
        self, client: MakeClient, server: ScriptedServer, replies: list[Reply]
    ) -> None:
        server.play(*replies)
        with pytest.raises(sdk.NotFoundError):
            client().api_keys.delete("p", "k")

    @pytest.mark.parametrize("reply", [problem(404, "route_not_found"), Answer(404, text="no")])
    def test_is_not_taken_for_done_because_a_route_or_a_proxy_does_not_know_it(
        self, client: MakeClient, server: ScriptedServer, reply: Reply
    ) -> None:
        server.play(soon(503), reply)
        with pytest.raises(sdk.NotFoundError):
            client().api_keys.delete("p", "k")

    def test_of_ones_own_key_is_done_when_it_is_deleted_already(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play(problem(401, "api_key_deleted"))
        client().delete_own_key()
        server.play(problem(401, "api_key_unknown"))
        with pytest.raises(sdk.AuthenticationError):
            client().delete_own_key()

    def test_is_nothing_but_a_204(self, client: MakeClient, server: ScriptedServer) -> None:
        server.play(Answer(200, json={"deleted": True}))
        with pytest.raises(sdk.UnexpectedAnswerError):
            client().api_keys.delete("p", "k")


class TestAList:
    @staticmethod
    def page(names: list[str], cursor: str | None) -> Answer:
        data = [{"id": name, "name": name, "createdAt": "2030-01-01T00:00:00Z"} for name in names]
        return Answer(json={"data": data, "nextCursor": cursor})

    def test_is_read_page_by_page_and_no_further_than_it_is_used(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        made = client()
        server.play(self.page(["a", "b"], "1"), self.page(["c"], "2"), self.page([], None))
        assert [project.id for project in made.projects.list(limit=2, q="x y")] == ["a", "b", "c"]
        assert [request.url for request in server.requests] == [
            "/v1/projects?q=x+y&limit=2",
            "/v1/projects?q=x+y&limit=2&cursor=1",
            "/v1/projects?q=x+y&limit=2&cursor=2",
        ]
        server.play(self.page(["a", "b"], "1"), self.page(["c"], None))
        assert next(iter(made.projects.list())).id == "a"
        assert len(server.requests) == 1
        server.play(self.page(["a", "b"], "1"), self.page(["c"], None))
        assert [[project.id for project in page] for page in made.projects.list().pages()] == [
            ["a", "b"],
            ["c"],
        ]
        server.play(self.page(["a", "b"], "1"), self.page(["c"], None))
        assert len(made.projects.list().to_list()) == 3

    def test_asks_with_all_its_filters(self, client: MakeClient, server: ScriptedServer) -> None:
        server.play(self.page([], None))
        made = client()
        filters = {
            "q": "x",
            "status": "active",
            "expires_within_days": 14,
            "unused_for_days": 30,
            "never_used": True,
            "sort": "-lastUsedAt",
            "limit": 200,
        }
        made.api_keys.list("p", **filters).to_list()
        made.api_keys.list_all(**filters).to_list()
        query = "q=x&status=active&expiresWithinDays=14&unusedForDays=30&neverUsed=true&sort=-lastUsedAt&limit=200"
        assert [request.url for request in server.requests] == [
            f"/v1/projects/p/api-keys?{query}",
            f"/v1/api-keys?{query}",
        ]
        server.play(self.page([], None))
        moment = datetime(2030, 1, 1, tzinfo=timezone.utc)
        made.audit_events.list(
            project_id="p", target_id="t", actor="a", action="b", from_=moment, to="c", limit=1
        ).to_list()
        made.api_keys.list_deleted("p", limit=3).to_list()
        assert [request.url for request in server.requests] == [
            "/v1/audit-events?projectId=p&targetId=t&actor=a&action=b&from=2030-01-01T00%3A00%3A00.000Z&to=c&limit=1",
            "/v1/projects/p/deleted-api-keys?limit=3",
        ]

    def test_ends_with_an_error_rather_than_going_round_for_ever(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play(self.page(["a"], "1"))
        with pytest.raises(sdk.UnexpectedAnswerError, match="same cursor"):
            client().projects.list().to_list()
        server.play(Answer(json={"hello": "world"}))
        with pytest.raises(sdk.UnexpectedAnswerError, match="not a page"):
            client().projects.list().to_list()


class TestAVerification:
    YES: dict[str, Any] = {"valid": True, "code": "VALID", "keyId": "k", "projectId": "p", "expiresAt": None}

    def test_is_true_in_a_condition_only_as_a_whole_yes(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        made = client()
        server.play(Answer(json=self.YES))
        yes = made.verify(make_key(), project_id="p")
        assert yes and yes == sdk.ValidVerification("k", "p", None) and yes.valid is True
        server.play(Answer(json={"valid": False, "code": "A_NEW_REASON"}))
        no = made.verify(make_key())
        assert not no and no == sdk.RefusedVerification("A_NEW_REASON") and no.valid is False
        server.play(Answer(json={"results": [self.YES, {"code": "UNAVAILABLE"}]}))
        assert [bool(result) for result in made.batch_verify([make_key(), make_key()])] == [True, False]

    @pytest.mark.parametrize(
        "answer",
        [
            {"valid": True},
            {"valid": True, "code": "VALID", "keyId": "k"},
            {**YES, "valid": "yes"},
            {**YES, "valid": 1},
            {**YES, "code": "DELETED"},
            {**YES, "keyId": None},
            {"code": "UNAVAILABLE"},
        ],
    )
    def test_is_no_yes_and_none_at_all(
        self, client: MakeClient, server: ScriptedServer, answer: object
    ) -> None:
        server.play(Answer(json=answer))
        with pytest.raises(sdk.UnexpectedAnswerError, match="not a verification"):
            client().verify(make_key())

    def test_of_many_keys_keeps_their_order_500_at_a_time(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        def results(count: int) -> Answer:
            return Answer(json={"results": [{"valid": False, "code": "UNKNOWN"}] * count})

        made = client()
        server.play(results(500), results(2))
        assert len(made.batch_verify([make_key()] * 502)) == 502
        server.play(results(1))
        with pytest.raises(sdk.UnexpectedAnswerError, match="not 2 verifications"):
            made.batch_verify([make_key()] * 2)
        assert made.batch_verify([]) == []


def test_the_wait_before_a_retry_is_what_the_gateway_asks_for_else_doubled_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_retry, "_FIRST_DELAY_S", 0.25)
    assert [retry_delay_s(retry, None, 1) for retry in range(7)] == [0.25, 0.5, 1, 2, 4, 8, 8]
    assert retry_delay_s(0, None, 0) == 0.125
    assert (retry_delay_s(3, 2, 0), retry_delay_s(3, 2, 1)) == (2, 2.5)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 7 ", 7),
        ("-1", None),
        ("soon", None),
        ("1.5", None),
        ("", None),
        ("2030", 2030),
        ("١", None),
    ],
)
def test_retry_after_is_seconds(value: str, seconds: float | None) -> None:
    assert parse_retry_after(Headers([("Retry-After", value)])) == seconds


def test_retry_after_is_a_date_by_the_clock_of_who_answers() -> None:
    theirs = datetime(2001, 1, 1, tzinfo=timezone.utc)
    for seconds in (30, -30):
        at = format_datetime(theirs + timedelta(seconds=seconds), usegmt=True)
        headers = Headers([("Retry-After", at), ("Date", format_datetime(theirs, usegmt=True))])
        assert parse_retry_after(headers) == max(0, seconds)
    assert parse_retry_after(Headers([("Retry-After", "Mon, 99 Foo 2030")])) is None
