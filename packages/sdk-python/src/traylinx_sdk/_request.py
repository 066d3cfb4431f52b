from __future__ import annotations

import json
import platform
import re
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from ._address import QueryValue
from ._hidden import Hidden
from ._settings import CREDENTIAL_VARIABLES, CredentialKind, Settings
from ._version import __version__
from .errors import ConfigurationError
from .transport import HttpRequest

T = TypeVar("T")

_REQUEST_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
#: Set here alone.
_OWN_HEADERS = {"authorization", "host", "content-length", "transfer-encoding", "connection", "x-request-id"}
#: Methods whose second execution changes nothing.
_REPEATABLE_METHODS = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}


@dataclass(frozen=True)
class CallOptions:
    """What every method takes. None: as the client has it."""

    #: Seconds that this call may take, retries included.
    timeout_s: float | None = None
    max_retries: int | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class Call(Generic[T]):
    """One question to the gateway, before anything is decided about how it travels."""

    method: str
    path: str
    #: What a success becomes. It may raise ShapeError.
    decode: Callable[[Any], T]
    #: What `decode` makes, for the message when it cannot.
    what: str = "what this call answers"
    #: What a success has to look like; anything else was sent by somebody who is not the gateway.
    expects: Literal["json", "no content", "anything"] = "json"
    credential: CredentialKind = "admin_token"
    query: Mapping[str, QueryValue] = field(default_factory=dict)
    headers: Hidden[Mapping[str, str]] = Hidden({})
    body: Hidden[bytes] | None = None
    is_json: bool = True
    #: Whether it may be sent again when the first sending may have had its effect. By method unless told.
    may_repeat: bool | None = None
    options: CallOptions = CallOptions()

    @property
    def is_repeatable(self) -> bool:
        return self.method in _REPEATABLE_METHODS if self.may_repeat is None else self.may_repeat


def json_body(value: object) -> Hidden[bytes]:
    return Hidden(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode())


def present(members: Mapping[str, T | None]) -> dict[str, T]:
    """What is absent is not sent."""
    return {name: value for name, value in members.items() if value is not None}


def prepare(call: Call[Any], settings: Settings) -> tuple[HttpRequest, str]:
    """The request, and what it is called. Raises ConfigurationError when it would not arrive as it is meant, or take a
    credential to somewhere else."""
    request_id = str(uuid.uuid4()) if call.options.request_id is None else call.options.request_id
    if not isinstance(request_id, str) or not _REQUEST_ID.fullmatch(request_id):
        raise ConfigurationError("request_id must be 1 to 128 letters, digits and . _ : -")
    if not _TOKEN.fullmatch(call.method):
        raise ConfigurationError("The method must be the name of an HTTP method, such as GET.")
    _check_headers(call.headers)
    headers = Hidden(
        {
            "accept": "application/json",
            "user-agent": _user_agent(settings.user_agent),
            **({"content-type": "application/json"} if call.body is not None and call.is_json else {}),
            **{name.lower(): value for name, value in call.headers.reveal().items()},
            **_authorization(call.credential, settings).reveal(),
            "x-request-id": request_id,
        }
    )
    return HttpRequest(call.method, settings.base.join(call.path, call.query), headers, call.body), request_id


def _check_headers(headers: Hidden[Mapping[str, str]]) -> None:
    for name in headers.reveal():
        if name.lower() in _OWN_HEADERS:
            raise ConfigurationError(f"The header {name.lower()} is set by the client itself.")
        if not _TOKEN.fullmatch(name) or not _FIELD_VALUE.fullmatch(headers.reveal()[name]):
            raise ConfigurationError(f"The header {name!r} has characters in it that headers cannot have.")


def _authorization(credential: CredentialKind, settings: Settings) -> Hidden[dict[str, str]]:
    secret = settings.credentials[credential]
    if secret is not None:
        return Hidden({"authorization": f"Bearer {secret.reveal()}"})
    # The gateway decides whether it wants one of services.
    if credential == "service_token":
        return Hidden({})
    purpose = (
        "This call is made with an API key"
        if credential == "api_key"
        else "Management calls need an admin token"
    )
    raise ConfigurationError(f"{purpose}: set {CREDENTIAL_VARIABLES[credential]}, or pass {credential}=….")


def _user_agent(suffix: str | None) -> str:
    python = f"python/{platform.python_version()} ({sys.platform}; {platform.machine()})"
    return f"traylinx-sdk-python/{__version__} {python}{'' if suffix is None else f' {suffix}'}"
