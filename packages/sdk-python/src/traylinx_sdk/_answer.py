from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ._decode import ShapeError
from ._hidden import Hidden
from ._request import Call
from ._retry import parse_retry_after
from ._settings import Settings
from .errors import ApiError, FieldError, UnexpectedAnswerError, error_class
from .transport import HttpResponse

T = TypeVar("T")

_SHOWN_CHARACTERS = 300
_KEYS = re.compile(r"tlx_[0-9A-Za-z]{49}")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """Of `request()`."""

    #: Parsed when it is JSON, else text; None when there is no body.
    data: T = field(repr=False)
    #: The body as it came.
    content: bytes = field(repr=False)
    status: int
    request_id: str
    headers: Mapping[str, str] = field(repr=False)


def to_answer(response: HttpResponse, call: Call[T], request_id: str) -> Answer[T]:
    """Raises UnexpectedAnswerError when it is not what the call asks for."""
    if not 200 <= response.status < 300:
        raise _redirected(response, request_id)
    if call.expects == "no content" and response.status != 204:
        raise _not_the_gateway(response, request_id)
    is_json = _is_json(response)
    parsed = Hidden(_parsed(response) if is_json else None)
    if not is_json and call.expects == "anything":
        parsed = Hidden(_text(response) or None)
    if parsed.reveal() is _NO_JSON or (call.expects == "json" and not is_json):
        raise _not_the_gateway(response, request_id)
    decoded = _decoded(call, parsed)
    if decoded is None:
        message = f"The answer is not {call.what}. Is TRAYLINX_BASE_URL the address of the gateway?"
        raise UnexpectedAnswerError(f"{message} [request {request_id}]", response.status, request_id)
    return Answer(decoded.reveal(), response.body.reveal(), response.status, request_id, response.headers)


def to_api_error(response: HttpResponse, settings: Settings, request_id: str) -> ApiError:
    problem = _problem(response, settings)
    code = _text_of(problem, "code")
    detail = _text_of(problem, "detail")
    says = detail or _text_of(problem, "title") or _saying_nothing(response)
    request_id = _text_of(problem, "requestId") or request_id
    return error_class(response.status)(
        f"{says[:_SHOWN_CHARACTERS]} [{code or f'HTTP {response.status}'}, request {request_id}]",
        status=response.status,
        code=code,
        detail=detail,
        request_id=request_id,
        errors=_field_errors(problem),
        retry_after_s=parse_retry_after(response.headers),
        problem=problem,
    )


_NO_JSON = object()


def _parsed(response: HttpResponse) -> object:
    try:
        return json.loads(_text(response))
    except (ValueError, RecursionError):
        # Cut off, or no JSON in spite of its name.
        return _NO_JSON


def _decoded(call: Call[T], parsed: Hidden[Any]) -> Hidden[T] | None:
    try:
        return Hidden(call.decode(parsed.reveal()))
    except ShapeError:
        return None


def _problem(response: HttpResponse, settings: Settings) -> Mapping[str, Any] | None:
    if not _is_json(response):
        return None
    try:
        value = json.loads(_without_secrets(_text(response), settings))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _without_secrets(text: str, settings: Settings) -> str:
    """Services have been seen to quote what they were sent."""
    for secret in settings.credentials.values():
        text = text if secret is None else text.replace(secret.reveal(), "[hidden]")
    return _KEYS.sub("[hidden]", text)


def _field_errors(problem: Mapping[str, Any] | None) -> tuple[FieldError, ...]:
    errors = (problem or {}).get("errors")
    return tuple(
        FieldError(str(error.get("pointer", "")), str(error.get("message", "")))
        for error in (errors if isinstance(errors, list) else [])
        if isinstance(error, dict)
    )


def _not_the_gateway(response: HttpResponse, request_id: str) -> UnexpectedAnswerError:
    sends = _content_type(response) or "nothing"
    return UnexpectedAnswerError(
        f"Not the gateway has answered, but something that sends {sends} (HTTP {response.status}): "
        f"a proxy or a sign-in page? Check TRAYLINX_BASE_URL. [request {request_id}]",
        response.status,
        request_id,
    )


def _redirected(response: HttpResponse, request_id: str) -> UnexpectedAnswerError:
    origin = re.match(r"https?://[^/?#@]+(?=[/?#]|$)", response.headers.get("location", ""))
    to = f" to {origin[0]}" if origin else ""
    return UnexpectedAnswerError(
        f"The answer is a redirect{to} (HTTP {response.status}), which is not followed, as it could take the credential "
        f"elsewhere. Set TRAYLINX_BASE_URL to the address that answers itself. [request {request_id}]",
        response.status,
        request_id,
    )


def _saying_nothing(response: HttpResponse) -> str:
    if _is_json(response):
        return f"Refused with HTTP {response.status}"
    return (
        f"Refused with HTTP {response.status}, but not by the gateway ({_content_type(response) or 'no content'}): "
        "is there a proxy in between? Check TRAYLINX_BASE_URL"
    )


def _content_type(response: HttpResponse) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_json(response: HttpResponse) -> bool:
    return re.search(r"\bjson\b", _content_type(response)) is not None


def _text(response: HttpResponse) -> str:
    return response.body.reveal().decode("utf-8", "replace")


def _text_of(problem: Mapping[str, Any] | None, name: str) -> str | None:
    value = (problem or {}).get(name)
    return value if isinstance(value, str) and value else None
