from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import ADMIN_TOKEN, KEY, MakeClient
from keys import make_key
from scripted_server import Answer, ScriptedServer, problem

import traylinx_sdk as sdk
from traylinx_sdk.httpx_transport import AsyncHttpxTransport, HttpxTransport
from traylinx_sdk.transport import HttpRequest, HttpResponse

IDENTITY: dict[str, Any] = {
    "projectId": "p",
    "projectName": "Größe",
    "keyId": "k",
    "keyStart": "tlx_abcd",
    "note": None,
    "expiresAt": "2031-01-05T12:00:00.123Z",
    "added": "by a newer gateway",
}
WHOAMI = Answer(json=IDENTITY)
PROJECT = Answer(json={"id": "p", "name": "P", "createdAt": "2030-01-01T00:00:00.000Z"})
HTML = Answer(text="<html>Sign in</html>", headers={"content-type": "text/html"})


class TestACall:
    def test_carries_the_key_who_asks_and_the_name_of_the_request(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play(WHOAMI)
        identity = client(user_agent="deploy/7").whoami(request_id="mine-1")
        assert identity == sdk.Identity(
            project_id="p",
            project_name="Größe",
            key_id="k",
            key_start="tlx_abcd",
            note=None,
            expires_at=datetime(2031, 1, 5, 12, 0, 0, 123000, timezone.utc),
        )
        (request,) = server.requests
        assert (request.method, request.url) == ("GET", "/v1/whoami")
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.headers["x-request-id"] == "mine-1"
        assert request.headers["host"] == f"127.0.0.1:{server.port}"
        agent = request.headers["user-agent"]
        assert agent.startswith(f"traylinx-sdk-python/{sdk.__version__} python/3.") and agent.endswith(
            ") deploy/7"
        )

    @pytest.mark.parametrize("path", ["", "/", "/traylinx", "/traylinx//"])
    def test_finds_the_gateway_below_any_address(
        self, client: MakeClient, server: ScriptedServer, path: str
    ) -> None:
        server.play(WHOAMI)
        client(base_url=server.url + path).whoami()
        assert server.requests[0].url == f"{path.rstrip('/')}/v1/whoami"

    def test_carries_the_credential_that_it_is_for(self, client: MakeClient, server: ScriptedServer) -> None:
        server.play(PROJECT)
        client().projects.get("p")
        assert server.requests[0].headers["authorization"] == f"Bearer {ADMIN_TOKEN}"
        server.play(Answer(json={"valid": False, "code": "UNKNOWN"}))
        client().verify(make_key())
        assert "authorization" not in server.requests[0].headers
        client(service_token="of-the-service").verify(make_key())
        assert server.requests[1].headers["authorization"] == "Bearer of-the-service"

    def test_of_any_endpoint_brings_back_what_is_there(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play(Answer(201, {"X-Request-Id": "r-9"}, json={"id": 7}))
        made = client()
        answer = made.request(
            "post",
            "/v1/agents?a=1",
            query={"dry": True, "from": datetime.fromtimestamp(0, timezone.utc), "none": None, "q": "a b&c"},
            json={"name": "ü"},
            headers={"X-Trace": "1"},
        )
        assert (answer.status, answer.data, answer.request_id) == (201, {"id": 7}, "r-9")
        (request,) = server.requests
        assert request.method == "POST"
        assert request.url == "/v1/agents?a=1&dry=true&from=1970-01-01T00%3A00%3A00.000Z&q=a+b%26c"
        assert request.body == '{"name":"ü"}'
        assert request.headers["x-trace"] == "1"
        assert request.headers["content-type"] == "application/json"
        server.play(Answer(text="plain ü", headers={"content-type": "text/plain"}))
        answer = made.request(
            "PUT", "/v1/log", body=b"\x00\xff"[:1], headers={"content-type": "application/x"}
        )
        assert (answer.data, answer.content) == ("plain ü", "plain ü".encode())
        assert server.requests[0].headers["content-type"] == "application/x"
        server.play(Answer(204))
        assert made.request("DELETE", "/v1/agents/7").data is None

    @pytest.mark.parametrize(
        "path",
        [
            "v1/x",
            "",
            "//elsewhere.example/x",
            "/../x",
            "/a/%2e%2E/x",
            "/a\\..\\x",
            "@elsewhere.example/",
            "/a\r\nb",
            "/a#b",
        ],
    )
    def test_never_takes_the_key_elsewhere(
        self, client: MakeClient, server: ScriptedServer, path: str
    ) -> None:
        with pytest.raises(sdk.ConfigurationError):
            client(base_url=f"{server.url}/below").request("GET", path)
        assert server.requests == []

    @pytest.mark.parametrize("identifier", ["", ".", ".."])
    def test_refuses_an_id_that_would_be_another_path(self, client: MakeClient, identifier: str) -> None:
        with pytest.raises(sdk.ConfigurationError, match="key_id must be an id"):
            client().api_keys.delete("p", identifier)
        with pytest.raises(sdk.ConfigurationError, match="project_id must be an id"):
            client().projects.delete(identifier)

    def test_encodes_an_id(self, client: MakeClient, server: ScriptedServer) -> None:
        server.play(PROJECT)
        client().projects.get("a/../b?c")
        assert server.requests[0].url == "/v1/projects/a%2F..%2Fb%3Fc"

    @pytest.mark.parametrize(
        ("options", "complaint"),
        [
            ({"headers": {"Authorization": "Bearer x"}}, "authorization is set by the client"),
            ({"headers": {"X-A": "1\r\nX-B: 2"}}, "characters in it"),
            ({"headers": {"X A": "1"}}, "characters in it"),
            ({"request_id": "a b"}, "request_id must be"),
            ({"timeout_s": 0}, "timeout_s must be"),
            ({"max_retries": -1}, "max_retries must be"),
            ({"json": {}, "body": b""}, "pass one of them"),
            ({"query": {"from": datetime(2030, 1, 1)}}, "no time zone"),
        ],
    )
    def test_refuses_what_would_not_arrive_as_it_is_meant(
        self, client: MakeClient, server: ScriptedServer, options: dict[str, Any], complaint: str
    ) -> None:
        with pytest.raises(sdk.ConfigurationError, match=complaint):
            client().request("GET", "/v1/x", **options)
        with pytest.raises(sdk.ConfigurationError, match="name of an HTTP method"):
            client().request("GET /v1/y HTTP/1.1\r\n", "/v1/x")
        assert server.requests == []

    def test_of_a_list_of_keys_takes_no_text(self, client: MakeClient) -> None:
        with pytest.raises(sdk.ConfigurationError, match="takes a list"):
            client().batch_verify(KEY)


def test_a_call_goes_by_the_transport_that_is_given() -> None:
    class Recorded:
        def __init__(self) -> None:
            self.requests: list[HttpRequest] = []

        def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
            assert 0 < timeout_s <= 10
            self.requests.append(request)
            headers = sdk.Headers([("Content-Type", "application/json")])
            return HttpResponse(200, headers, WHOAMI.encode().split(b"\r\n\r\n")[1])

        def close(self) -> None:
            self.requests.clear()

    transport = Recorded()
    with sdk.Traylinx(env={}, api_key=KEY, base_url="https://x", transport=transport) as made:
        assert made.whoami().key_id == "k"
        (request,) = transport.requests
        assert (request.method, request.url, request.body()) == ("GET", "https://x/v1/whoami", None)
        assert request.headers()["authorization"] == f"Bearer {KEY}"
        assert KEY[8:] not in repr(request)
    assert transport.requests == []


class TestAnError:
    @pytest.mark.parametrize(
        ("status", "code", "error_class"),
        [
            (400, "invalid_request", sdk.InvalidRequestError),
            (401, "api_key_deleted", sdk.AuthenticationError),
            (403, "wrong_project", sdk.PermissionDeniedError),
            (404, "api_key_not_found", sdk.NotFoundError),
            (409, "limit_reached", sdk.ConflictError),
            (422, "idempotency_key_mismatch", sdk.InvalidRequestError),
            (429, "too_many_requests", sdk.RateLimitError),
            (500, "internal", sdk.ServerError),
            (503, "unavailable", sdk.UnavailableError),
        ],
    )
    def test_is_typed_and_has_the_code_the_request_id_and_the_words_of_the_gateway(
        self,
        client: MakeClient,
        server: ScriptedServer,
        status: int,
        code: str,
        error_class: type[sdk.ApiError],
    ) -> None:
        errors = [{"pointer": "/note", "message": "too long"}]
        server.play(problem(status, code, detail="What to do.", errors=errors))
        with pytest.raises(sdk.ApiError) as caught:
            client(max_retries=0).whoami()
        error = caught.value
        assert type(error) is error_class
        assert (error.status, error.code, error.request_id, error.detail) == (
            status,
            code,
            "r-1",
            "What to do.",
        )
        assert list(error.errors) == [sdk.FieldError("/note", "too long")]
        assert str(error) == f"What to do. [{code}, request r-1]"

    def test_says_that_a_proxy_answers_instead_of_the_gateway(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play(HTML)
        made = client()
        calls: list[Callable[[], object]] = [
            lambda: made.whoami(),
            lambda: made.verify(KEY),
            lambda: made.api_keys.delete("p", "k"),
            lambda: made.api_keys.list("p").to_list(),
        ]
        for call in calls:
            with pytest.raises(
                sdk.UnexpectedAnswerError, match=r"Not the gateway.*text/html.*TRAYLINX_BASE_URL"
            ):
                call()
        server.play(Answer(502, HTML.headers, text="<html>"))
        with pytest.raises(sdk.ServerError, match=r"not by the gateway \(text/html\)"):
            client(max_retries=0).whoami()

    def test_says_that_a_redirect_is_not_followed_and_where_it_leads(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play(Answer(302, {"location": "https://login.example/x?token=secret"}))
        with pytest.raises(
            sdk.UnexpectedAnswerError, match=r"redirect to https://login\.example \(HTTP 302\)"
        ) as caught:
            client().whoami()
        assert "secret" not in str(caught.value)
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "text",
        ["{", "", "[]", "[" * 100_000, "null", '{"hello": "I am another service"}', '{"results": null}'],
        ids=["cut off", "nothing", "a list", "a tower", "null", "another service", "no results"],
    )
    def test_comes_of_what_is_no_identity_and_no_verification(
        self, client: MakeClient, server: ScriptedServer, text: str
    ) -> None:
        server.play(Answer(text=text, headers={"content-type": "application/json"}))
        made = client()
        calls: list[Callable[[], object]] = [
            lambda: made.whoami(),
            lambda: made.verify(KEY),
            lambda: made.batch_verify([KEY]),
        ]
        for call in calls:
            with pytest.raises(sdk.UnexpectedAnswerError, match="TRAYLINX_BASE_URL"):
                call()

    def test_tells_a_refused_connection(self, client: MakeClient) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with pytest.raises(
            sdk.ConnectionError,
            match=rf"Nothing listens at 127\.0\.0\.1:{port} \(ECONNREFUSED\).*TRAYLINX_BASE_URL",
        ) as caught:
            client(base_url=f"http://127.0.0.1:{port}", max_retries=0).whoami()
        assert caught.value.reason == "refused"
        # Python's own name for it means the same.
        assert isinstance(caught.value, ConnectionError)

    def test_tells_an_unknown_host(self, client: MakeClient) -> None:
        with pytest.raises(sdk.ConnectionError, match=r"There is no host no-such-host\.invalid") as caught:
            client(base_url="http://no-such-host.invalid", max_retries=0, timeout_s=60).whoami()
        assert caught.value.reason == "unknown_host"

    def test_tells_that_tls_is_spoken_to_something_that_does_not(self, client: MakeClient) -> None:
        def answer_plainly() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        with socket.create_server(("127.0.0.1", 0)) as listener:
            answering = threading.Thread(target=answer_plainly)
            answering.start()
            with pytest.raises(sdk.ConnectionError, match="No secure connection to .*plain http") as caught:
                client(base_url=f"https://127.0.0.1:{listener.getsockname()[1]}").whoami()
            answering.join()
        assert caught.value.reason == "tls"

    def test_tells_a_certificate_that_is_not_trusted(
        self, client: MakeClient, tls_server: ScriptedServer
    ) -> None:
        with pytest.raises(
            sdk.ConnectionError, match="No secure connection.*certificate.*SSL_CERT_FILE"
        ) as caught:
            client(base_url=tls_server.url).whoami()
        assert caught.value.reason == "tls"

    @pytest.mark.parametrize(
        "reply",
        [
            b"",
            b"\x00\x01\x02",
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
            b"SSH-2.0-OpenSSH_9.2\r\n",
        ],
    )
    def test_tells_a_connection_that_was_lost(
        self, client: MakeClient, server: ScriptedServer, reply: bytes
    ) -> None:
        server.play(reply)
        with pytest.raises(sdk.ConnectionError, match="Look before you repeat a change") as caught:
            client(max_retries=0).whoami()
        assert caught.value.reason == "lost"


def test_a_private_authority_is_trusted_when_it_is_named(
    client: MakeClient, kind: str, tls_server: ScriptedServer, certificate: Path
) -> None:
    tls_server.play(WHOAMI)
    context = ssl.create_default_context(cafile=str(certificate))
    transports: dict[str, Callable[[], object]] = {
        "blocking": lambda: sdk.StandardTransport(context),
        "asyncio": lambda: sdk.AsyncStandardTransport(context),
        "blocking httpx": lambda: HttpxTransport(httpx.Client(verify=context)),
        "asyncio httpx": lambda: AsyncHttpxTransport(httpx.AsyncClient(verify=context)),
    }
    made = client(base_url=tls_server.url, transport=transports[kind]())
    for _ in range(3):
        assert made.whoami().key_id == "k"
    # Over one connection.
    assert {received.connection for received in tls_server.requests} == {tls_server.requests[0].connection}


class TestAWarningAboutTheExpiryOfTheKey:
    HEADERS = {"x-api-key-expires-at": "2031-01-05T12:00:00.000Z", "date": "Wed, 01 Jan 2031 12:00:00 GMT"}

    def test_comes_once_counted_by_the_clock_of_the_gateway(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play(Answer(headers=self.HEADERS, json=IDENTITY))
        warnings: list[sdk.ExpiryWarning] = []
        made = client(on_expiry_warning=warnings.append)
        for _ in range(3):
            made.whoami()
        (warning,) = warnings
        assert "expires in 4 days (2031-01-05T12:00:00.000Z)" in warning.message
        assert warning.expires_at == datetime(2031, 1, 5, 12, tzinfo=timezone.utc)

    def test_is_one_of_python_unless_told_otherwise(self, client: MakeClient, server: ScriptedServer) -> None:
        server.play(Answer(headers=self.HEADERS, json=IDENTITY))
        with pytest.warns(sdk.ApiKeyExpiryWarning, match="expires in 4 days"):
            client().whoami()

    def test_is_none_of_an_admin_and_none_of_nonsense(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play(Answer(headers=self.HEADERS, json=PROJECT.json))
        client().projects.get("p")
        server.play(Answer(headers={"x-api-key-expires-at": "soon"}, json=IDENTITY))
        client().whoami()


class TestTheTimeOfACall:
    def test_is_for_all_of_it_however_slowly_something_comes(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play("silence")
        with pytest.raises(
            sdk.TimeoutError, match=r"No answer from 127\.0\.0\.1:\d+ within 0\.05 s\. \[request mine\]"
        ) as caught:
            client(timeout_s=0.05).whoami(request_id="mine")
        assert (caught.value.timeout_s, caught.value.reason) == (0.05, "timeout")
        # Python's own name for it means the same.
        assert isinstance(caught.value, TimeoutError)

    def test_is_not_spent_on_waiting_for_a_retry_that_would_come_after_it(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play(Answer(429, {"retry-after": "3600"}))
        with pytest.raises(sdk.RateLimitError) as caught:
            client().whoami()
        assert caught.value.retry_after_s == 3600
        assert len(server.requests) == 1

    def test_is_a_verifications_own_and_a_deletions_own(
        self, client: MakeClient, server: ScriptedServer
    ) -> None:
        server.play("silence")
        own = client(timeout_s=60, verify_timeout_s=0.02, delete_timeout_s=0.04)
        calls: list[tuple[float, Callable[[], object]]] = [
            (0.02, lambda: own.verify(KEY)),
            (0.02, lambda: own.batch_verify([KEY])),
            (0.04, lambda: own.delete_own_key()),
            (0.04, lambda: own.api_keys.delete("p", "k")),
            (0.04, lambda: own.projects.delete("p")),
            (0.01, lambda: own.api_keys.delete("p", "k", timeout_s=0.01)),
        ]
        for expected, call in calls:
            with pytest.raises(sdk.TimeoutError) as caught:
                call()
            assert caught.value.timeout_s == expected


def test_times_are_written_with_their_zone(client: MakeClient, server: ScriptedServer) -> None:
    created = {**API_KEY, "key": make_key()}
    server.play(Answer(201, json=created))
    made = client()
    made.api_keys.create("p", note="CI", expires_at=datetime(2031, 1, 1, tzinfo=timezone(timedelta(hours=2))))
    assert server.requests[0].body == '{"note":"CI","expiresAt":"2030-12-31T22:00:00.000Z"}'
    with pytest.raises(sdk.ConfigurationError, match="no time zone"):
        made.api_keys.create("p", expires_at=datetime(2031, 1, 1))
    server.play(Answer(json={**API_KEY, "createdAt": "2030-01-01T00:00:00"}))
    with pytest.raises(sdk.UnexpectedAnswerError):
        made.api_keys.get("p", "k")


API_KEY: dict[str, Any] = {
    "id": "k",
    "projectId": "p",
    "keyStart": "tlx_abcd",
    "note": None,
    "createdAt": "2030-01-01T00:00:00.000Z",
    "createdBy": "admin-token",
    "expiresAt": None,
    "status": "active",
    "lastUsedAt": None,
    "usage": {"verdict": "never_used", "last24h": 0, "last7d": 0, "last30d": 0, "asOf": None, "gap": None},
    "replacesKeyId": None,
    "replacedByKeyId": None,
}
