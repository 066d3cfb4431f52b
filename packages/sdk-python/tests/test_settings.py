from __future__ import annotations

from typing import Any

import pytest
from keys import make_key

from traylinx_sdk import AsyncTraylinx, ConfigurationError, Traylinx, TraylinxError

BASE_URL = "https://gateway.example"
KEY = make_key()
CHANGED = KEY[:20] + ("b" if KEY[20] == "a" else "a") + KEY[21:]


def failure(**options: Any) -> str:
    with_env: dict[str, Any] = {"env": {}, **options}
    with pytest.raises(ConfigurationError) as caught:
        Traylinx(**with_env)
    with pytest.raises(ConfigurationError, match="") as of_the_other:
        AsyncTraylinx(**with_env)
    assert str(caught.value) == str(of_the_other.value)
    assert isinstance(caught.value, (TraylinxError, ValueError))
    return str(caught.value)


class TestTheKey:
    def test_comes_from_the_environment_with_the_white_space_taken_away(self) -> None:
        env = {"TRAYLINX_API_KEY": f" {KEY}\r\n", "TRAYLINX_BASE_URL": f"{BASE_URL}/\n"}
        assert repr(Traylinx(env=env)) == f"Traylinx({BASE_URL}, api_key={KEY[:8]}…)"

    def test_comes_from_the_environment_of_the_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TRAYLINX_API_KEY", KEY)
        monkeypatch.setenv("TRAYLINX_BASE_URL", BASE_URL)
        assert repr(Traylinx()) == f"Traylinx({BASE_URL}, api_key={KEY[:8]}…)"

    def test_is_rather_the_one_that_is_passed(self) -> None:
        env = {"TRAYLINX_API_KEY": make_key(), "TRAYLINX_BASE_URL": "https://elsewhere.example"}
        assert (
            repr(Traylinx(env=env, api_key=KEY, base_url=BASE_URL))
            == f"Traylinx({BASE_URL}, api_key={KEY[:8]}…)"
        )

    @pytest.mark.parametrize("env", [{}, {"TRAYLINX_API_KEY": ""}, {"TRAYLINX_API_KEY": " \n"}])
    def test_is_missed_at_once(self, env: dict[str, str]) -> None:
        assert "set TRAYLINX_API_KEY" in failure(env=env, base_url=BASE_URL)

    @pytest.mark.parametrize("options", [{"api_key": None}, {"admin_token": "s"}, {"service_token": "s"}])
    def test_may_be_missing_when_the_client_is_for_something_else(self, options: dict[str, Any]) -> None:
        Traylinx(env={}, base_url=BASE_URL, **options)

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("", 'begins with "tlx_"'),
            ("sk-live-0123456789", "another kind"),
            (f'"{KEY}"', "quotation marks"),
            (f"Bearer {KEY}", '"Bearer"'),
            (f"{KEY[:20]}\n{KEY[20:]}", "white space inside"),
            (KEY[:-1], 'has 53 characters, letters and digits after "tlx_"; this has 52'),
            (KEY + KEY, "this has 106"),
            (CHANGED, "checksum"),
            (KEY[:30] + "é" + KEY[31:], "has 53 characters"),
        ],
    )
    @pytest.mark.parametrize("source", ["argument", "environment"])
    def test_is_told_what_is_wrong_with_it_and_not_shown(
        self, text: str, complaint: str, source: str
    ) -> None:
        if source == "argument":
            message = failure(api_key=text, base_url=BASE_URL)
            assert message.startswith("api_key (else TRAYLINX_API_KEY) does not hold a Traylinx API key: ")
        elif text:
            message = failure(env={"TRAYLINX_API_KEY": text}, base_url=BASE_URL)
            assert message.startswith("TRAYLINX_API_KEY does not hold a Traylinx API key: ")
        else:
            return
        assert complaint in message
        assert len(text) < 8 or text[8:16] not in message

    def test_of_any_make_is_taken(self) -> None:
        for _ in range(200):
            Traylinx(env={}, api_key=make_key(), base_url=BASE_URL)
        # From the README of the platform.
        Traylinx(env={}, api_key="tlx_6nYfTKlhYMH1hM1U3pnNhb1fm2U9sm9S3AQTYBmoqIg2gBTni", base_url=BASE_URL)

    def test_is_a_text(self) -> None:
        assert "must be a text" in failure(api_key=b"tlx_", base_url=BASE_URL)


class TestATokenOfOtherKind:
    def test_is_never_a_project_api_key(self) -> None:
        message = failure(env={"TRAYLINX_ADMIN_TOKEN": KEY}, base_url=BASE_URL)
        assert message.startswith("TRAYLINX_ADMIN_TOKEN holds a project API key")
        assert KEY[8:] not in message

    def test_has_no_white_space_inside(self) -> None:
        assert "white space" in failure(env={"TRAYLINX_ADMIN_TOKEN": "a secret\ntoken"}, base_url=BASE_URL)
        assert "white space" in failure(service_token="töken", base_url=BASE_URL)

    def test_is_asked_for_by_the_first_call_that_needs_it(self) -> None:
        with pytest.raises(ConfigurationError, match="set TRAYLINX_ADMIN_TOKEN, or pass admin_token"):
            Traylinx(env={}, api_key=KEY, base_url=BASE_URL).projects.get("p")
        with pytest.raises(ConfigurationError, match="set TRAYLINX_API_KEY, or pass api_key"):
            Traylinx(env={}, admin_token="secret", base_url=BASE_URL).whoami()


class TestTheAddress:
    @pytest.mark.parametrize(
        ("address", "complaint"),
        [
            (None, "set TRAYLINX_BASE_URL"),
            ("", "set TRAYLINX_BASE_URL"),
            ("gateway.example", "begins with https"),
            ("gateway:8080", "begins with https"),
            ("ftp://gateway.example", "begins with https"),
            ("https://", "begins with https"),
            ("https://gate\nway.example", "begins with https"),
            ("https://gateway.example\\@evil.example", "begins with https"),
            ("https://[::1", "begins with https"),
            ("https://user:secret@gateway.example", "no user"),
            ("https://gateway.example/?a=1", "no user, password, query"),
            ("https://gateway.example/#a", "no user, password, query"),
            ("https://gateway.example:99999", "port"),
            ("https://gateway..example", "host"),
        ],
    )
    def test_is_seen_to_be_wrong_at_once(self, address: str | None, complaint: str) -> None:
        message = failure(env={} if address is None else {"TRAYLINX_BASE_URL": address}, api_key=KEY)
        assert complaint in message
        assert "TRAYLINX_BASE_URL" in message
        assert "secret" not in message

    @pytest.mark.parametrize(
        ("address", "understood"),
        [
            ("HTTPS://Gateway.Example:443", "https://gateway.example"),
            ("http://gateway.example:80/", "http://gateway.example"),
            ("http://[::1]:8080/below//", "http://[::1]:8080/below"),
            ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ],
    )
    def test_is_understood_as_browsers_do(self, address: str, understood: str) -> None:
        assert repr(Traylinx(env={}, api_key=None, base_url=address)) == f"Traylinx({understood})"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timeout_s", 0),
        ("timeout_s", float("nan")),
        ("timeout_s", None),
        ("verify_timeout_s", -1),
        ("delete_timeout_s", float("inf")),
        ("max_retries", 1.5),
        ("max_retries", True),
        ("max_retries", 100),
        ("user_agent", "a\r\nx: y"),
    ],
)
def test_refuses_numbers_and_texts_that_cannot_be_meant(name: str, value: Any) -> None:
    assert name in failure(api_key=KEY, base_url=BASE_URL, **{name: value})
