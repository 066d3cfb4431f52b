from __future__ import annotations

import builtins
import random
import time
from asyncio import sleep
from dataclasses import dataclass
from typing import Any, TypeVar

from .._address import Address
from .._answer import Answer, to_answer, to_api_error
from .._expiry import ExpiryWatch
from .._failure import forget_frames, never_arrived, to_connection_error
from .._request import Call, prepare
from .._retry import is_retryable_status, retry_delay_s
from .._settings import Settings, retries, seconds
from ..errors import ApiError, ConnectionError, NotFoundError, TimeoutError, TraylinxError
from ..transport import AsyncTransport, Headers, HttpRequest, HttpResponse

T = TypeVar("T")


@dataclass
class _Attempts:
    """One call, with all its sendings."""

    base: Address
    request: HttpRequest
    request_id: str
    timeout_s: float
    max_retries: int
    ends_at: float
    retry: int = 0
    may_have_happened: bool = False
    last_failure: TraylinxError | None = None

    def time_is_up(self) -> TimeoutError:
        message = (
            f"No answer from {self.base.authority} within {self.timeout_s:g} s. [request {self.request_id}]"
        )
        error = TimeoutError(message, self.timeout_s, self.request_id)
        error.__cause__ = self.last_failure
        return error

    def delay_s(self, call: Call[Any], failure: ConnectionError | ApiError) -> float | None:
        """Seconds before the next sending, or None when there is none."""
        if self.retry >= self.max_retries or not _is_worth_retrying(failure):
            return None
        if not call.is_repeatable and not _had_no_effect(failure):
            return None
        retry_after_s = failure.retry_after_s if isinstance(failure, ApiError) else None
        delay_s = retry_delay_s(self.retry, retry_after_s, random.random())
        # Waiting beyond the end of the call would only hide what is wrong.
        return delay_s if delay_s < self.ends_at - time.monotonic() else None


class AsyncSender:
    """Sends calls, again when that may help and does no harm, and turns what is no success into errors."""

    def __init__(self, settings: Settings, transport: AsyncTransport) -> None:
        self._settings = settings
        self._transport = transport
        self._expiry = ExpiryWatch(settings.on_expiry_warning)

    async def send(self, call: Call[T]) -> Answer[T]:
        attempts = self._begin(call)
        while True:
            outcome = await self._send_once(attempts)
            if isinstance(outcome, HttpResponse) and outcome.status < 400:
                return self._succeed(outcome, call, attempts)
            if isinstance(outcome, TimeoutError):
                raise outcome
            failure = self._failure(outcome, attempts)
            if attempts.may_have_happened and _is_deleted_already(failure, call):
                return _nothing(call, failure.request_id)
            delay_s = attempts.delay_s(call, failure)
            if delay_s is None:
                raise failure
            attempts.last_failure = failure
            attempts.may_have_happened |= not _had_no_effect(failure)
            attempts.retry += 1
            await sleep(delay_s)

    def _begin(self, call: Call[Any]) -> _Attempts:
        request, request_id = prepare(call, self._settings)
        timeout_s = seconds(
            "timeout_s",
            self._settings.timeout_s if call.options.timeout_s is None else call.options.timeout_s,
        )
        max_retries = retries(
            self._settings.max_retries if call.options.max_retries is None else call.options.max_retries
        )
        ends_at = time.monotonic() + timeout_s
        return _Attempts(self._settings.base, request, request_id, timeout_s, max_retries, ends_at)

    async def _send_once(self, attempts: _Attempts) -> HttpResponse | ConnectionError:
        remaining_s = attempts.ends_at - time.monotonic()
        if remaining_s <= 0:
            return attempts.time_is_up()
        try:
            return await self._transport.send(attempts.request, remaining_s)
        except OSError as error:
            forget_frames(error)
            # The system's own time for a connection has an errno, and is not ours.
            if isinstance(error, builtins.TimeoutError) and error.errno is None:
                return attempts.time_is_up()
            return to_connection_error(error, attempts.base, attempts.request_id)

    def _succeed(self, response: HttpResponse, call: Call[T], attempts: _Attempts) -> Answer[T]:
        request_id = response.headers.get("x-request-id", attempts.request_id)
        # A redirect is no "no" of the gateway, and gets its own error.
        answer = to_answer(response, call, request_id)
        if call.credential == "api_key":
            self._expiry.look(response.headers)
        return answer

    def _failure(
        self, outcome: HttpResponse | ConnectionError, attempts: _Attempts
    ) -> ConnectionError | ApiError:
        if isinstance(outcome, ConnectionError):
            return outcome
        request_id = outcome.headers.get("x-request-id", attempts.request_id)
        return to_api_error(outcome, self._settings, request_id)


def _is_worth_retrying(failure: ConnectionError | ApiError) -> bool:
    # A certificate does not get better within seconds.
    return (
        failure.reason != "tls"
        if isinstance(failure, ConnectionError)
        else is_retryable_status(failure.status)
    )


def _had_no_effect(failure: ConnectionError | ApiError) -> bool:
    return never_arrived(failure) if isinstance(failure, ConnectionError) else failure.status == 429


def _is_deleted_already(failure: ConnectionError | ApiError, call: Call[Any]) -> bool:
    """What is gone when a DELETE is repeated has been deleted by its first sending."""
    if call.method != "DELETE" or not isinstance(failure, NotFoundError):
        return False
    return failure.code is not None and failure.code != "route_not_found"


def _nothing(call: Call[T], request_id: str) -> Answer[T]:
    return Answer(call.decode(None), b"", 204, request_id, Headers([]))
