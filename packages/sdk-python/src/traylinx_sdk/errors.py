"""Everything that this package raises. Messages say what to do next, and never have a key or a token in them."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

ConnectionFailure = Literal["refused", "unknown_host", "tls", "lost", "timeout"]


class TraylinxError(Exception):
    """The base of all of them."""


class ConfigurationError(TraylinxError, ValueError):
    """Found before anything was sent: a key, a token, an address or an argument that cannot be right."""


# Those of Python that mean the same are bases, so that `except TimeoutError` is right with and without an import.
class ConnectionError(TraylinxError, builtins.ConnectionError):
    """There was no answer. Whether a change has happened cannot be known, unless ``reason`` is ``refused`` or
    ``unknown_host``."""

    reason: ConnectionFailure
    #: What the request was called, for whoever reads the logs of the gateway.
    request_id: str

    def __init__(self, message: str, reason: ConnectionFailure = "lost", request_id: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.request_id = request_id


class TimeoutError(ConnectionError, builtins.TimeoutError):
    """No answer within the time that the whole call had, its retries included."""

    #: Seconds that the call had.
    timeout_s: float

    def __init__(self, message: str, timeout_s: float = 0, request_id: str = "") -> None:
        super().__init__(message, "timeout", request_id)
        self.timeout_s = timeout_s


class UnexpectedAnswerError(TraylinxError):
    """Somebody answered who is not the gateway: a proxy's page, a redirect, or JSON of another shape."""

    status: int
    request_id: str

    def __init__(self, message: str, status: int = 0, request_id: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.request_id = request_id


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field."""

    #: JSON pointer of the field: ``/note``.
    pointer: str
    message: str


class ApiError(TraylinxError):
    """The gateway (or a service behind it) has answered "no"."""

    #: HTTP status.
    status: int
    #: Stable, for programs: ``api_key_deleted``. None when the answer is no problem of the gateway.
    code: str | None
    detail: str | None
    #: Of the answer: what to quote when you ask for help.
    request_id: str
    #: What is wrong with which field.
    errors: Sequence[FieldError]
    #: Seconds after which the gateway wants to be asked again.
    retry_after_s: float | None
    #: The whole ``application/problem+json`` body, or None.
    problem: Mapping[str, Any] | None

    # With defaults, as an error that crosses processes is made again of its message alone.
    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str | None = None,
        detail: str | None = None,
        request_id: str = "",
        errors: Sequence[FieldError] = (),
        retry_after_s: float | None = None,
        problem: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.detail = detail
        self.request_id = request_id
        self.errors = errors
        self.retry_after_s = retry_after_s
        self.problem = problem


class InvalidRequestError(ApiError):
    """400, 405, 413, 414, 415, 422, 431 and other 4xx: the request has to change."""


class AuthenticationError(ApiError):
    """401. ``code`` is the reason: ``api_key_missing``, ``api_key_malformed``, ``api_key_unknown``, ``api_key_expired``,
    ``api_key_deleted``, ``admin_credential_missing``, ``admin_credential_invalid``, ``service_credential_invalid``.
    """


class PermissionDeniedError(ApiError):
    """403: ``forbidden``, ``wrong_project``."""


class NotFoundError(ApiError):
    """404: it does not exist, or you may not see it."""


class ConflictError(ApiError):
    """409: ``project_not_empty``, ``limit_reached``, ``already_replaced``, ``idempotency_key_reused``."""


class RateLimitError(ApiError):
    """429, after the retries."""


class ServerError(ApiError):
    """5xx, after the retries."""


class UnavailableError(ServerError):
    """503, after the retries: it cannot be known or done at the moment. Nothing is wrong with your credential."""


_CLASSES: Mapping[int, type[ApiError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
    503: UnavailableError,
}


def error_class(status: int) -> type[ApiError]:
    """The class for an HTTP status of 400 or more."""
    return _CLASSES.get(status, ServerError if status >= 500 else InvalidRequestError)
