# Made of the file of the same name in `_async` by make_sync.py. Change that one.
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, NoReturn

from .._address import QueryValue
from .._answer import Answer
from .._api_key import key_start
from .._sockets import StandardTransport
from .._decode import ShapeError, decoder
from .._expiry import ExpiryWarning
from .._hidden import Hidden
from .._request import Call, CallOptions, json_body, present
from .._settings import FROM_ENVIRONMENT, Credential, CredentialKind, Settings, resolve_settings
from .._verification import BATCH_KEYS, decode_verification, decode_verifications
from ..errors import AuthenticationError, ConfigurationError
from ..transport import Transport
from ..types import Admin, BatchVerification, Identity, Verification
from .api_keys import ApiKeys
from .audit_events import AuditEvents
from .management import Management
from .projects import Projects
from .sender import Sender


_identity = decoder(Identity)
_admin = decoder(Admin)


class Traylinx:
    """Traylinx, as a caller (with a key), a platform service (that verifies keys) or an admin (with an admin token) sees
    it. The key comes from ``TRAYLINX_API_KEY``, the address of the gateway from ``TRAYLINX_BASE_URL``, the admin token
    from ``TRAYLINX_ADMIN_TOKEN``. One client is for the whole life of a program.

    Every call takes ``timeout_s`` (seconds, retries included), ``max_retries`` and ``request_id`` (up to 128 letters,
    digits, and ``. _ : -``) for itself, and raises a `TraylinxError`.
    """

    #: API keys, for admins.
    api_keys: ApiKeys
    #: Projects, for admins.
    projects: Projects
    #: Who did what, for admins.
    audit_events: AuditEvents

    def __init__(
        self,
        *,
        api_key: Credential = FROM_ENVIRONMENT,
        admin_token: Credential = FROM_ENVIRONMENT,
        service_token: Credential = FROM_ENVIRONMENT,
        base_url: str | None = None,
        timeout_s: float = 10,
        verify_timeout_s: float = 3,
        delete_timeout_s: float = 30,
        max_retries: int = 2,
        transport: Transport | None = None,
        user_agent: str | None = None,
        on_expiry_warning: Callable[[ExpiryWarning], None] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """
        ``api_key``: unless given, ``TRAYLINX_API_KEY``; None: this client has no key.
        ``admin_token``: for management calls, and for those alone. Unless given, ``TRAYLINX_ADMIN_TOKEN``; None: none.
        ``service_token``: for verifications where the gateway asks for one. Unless given, ``TRAYLINX_SERVICE_TOKEN``.
        ``base_url``: of the gateway. Unless given, ``TRAYLINX_BASE_URL``.
        ``timeout_s``: seconds that a call may take, retries included; ``verify_timeout_s`` the same for verifications;
        ``delete_timeout_s`` for deletions, which answer only when the key is refused everywhere.
        ``max_retries``: how often a call is repeated.
        ``transport``: instead of the standard one: another HTTP client, another context of TLS, a test.
        ``user_agent``: added to ours: ``my-service/1.2``.
        ``on_expiry_warning``: told once when the key expires within 14 days. Unless given, an ApiKeyExpiryWarning.
        ``env``: instead of ``os.environ``.

        Raises ConfigurationError when one of them is missing or cannot be right.
        """
        given: dict[CredentialKind, Hidden[Credential]] = {
            "api_key": Hidden(api_key),
            "admin_token": Hidden(admin_token),
            "service_token": Hidden(service_token),
        }
        # Reports of errors may show the variables of this frame.
        del api_key, admin_token, service_token
        hidden_env, env = Hidden(env), None
        self._settings: Settings = resolve_settings(
            given=given,
            base_url=base_url,
            timeout_s=timeout_s,
            verify_timeout_s=verify_timeout_s,
            delete_timeout_s=delete_timeout_s,
            max_retries=max_retries,
            user_agent=user_agent,
            on_expiry_warning=on_expiry_warning,
            env=hidden_env,
        )
        self._transport = StandardTransport() if transport is None else transport
        self._sender = Sender(self._settings, self._transport)
        management = Management(self._sender, self._settings)
        self.api_keys = ApiKeys(management)
        self.projects = Projects(management)
        self.audit_events = AuditEvents(management)

    def whoami(
        self, *, timeout_s: float | None = None, max_retries: int | None = None, request_id: str | None = None
    ) -> Identity:
        """Whose key this client calls with. No use of it: a test call spoils no "safe to delete"."""
        call = Call(
            "GET",
            "/v1/whoami",
            _identity,
            what="what whoami answers",
            credential="api_key",
            options=CallOptions(timeout_s, max_retries, request_id),
        )
        return (self._sender.send(call)).data

    def delete_own_key(
        self, *, timeout_s: float | None = None, max_retries: int | None = None, request_id: str | None = None
    ) -> None:
        """Deletes the key that this client calls with, for ever: for whoever has found a leaked one."""
        call = Call(
            "DELETE",
            "/v1/api-keys/self",
            lambda _: None,
            expects="no content",
            credential="api_key",
            options=CallOptions(
                self._settings.delete_timeout_s if timeout_s is None else timeout_s, max_retries, request_id
            ),
        )
        try:
            self._sender.send(call)
        except AuthenticationError as error:
            # Its own repetition, or somebody who was faster: it is done.
            if error.code != "api_key_deleted":
                raise

    def verify(
        self,
        key: str,
        *,
        project_id: str | None = None,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Verification:
        """Is somebody else's key good, now? For platform services; a good one counts as used. A key that is not good is
        an answer (false in a condition), not an error; that it cannot be known is one (UnavailableError,
        ConnectionError), and never a yes."""
        body = json_body(present({"key": key, "projectId": project_id}))
        # Reports of errors may show the variables of this frame.
        del key
        call = Call(
            "POST",
            "/v1/api-keys/verify",
            decode_verification,
            what="a verification",
            credential="service_token",
            body=body,
            # Asking twice is no more than asking.
            may_repeat=True,
            options=CallOptions(
                self._settings.verify_timeout_s if timeout_s is None else timeout_s, max_retries, request_id
            ),
        )
        return (self._sender.send(call)).data

    def batch_verify(
        self,
        keys: Sequence[str],
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> list[BatchVerification]:
        """The same for many keys, in their order; 500 travel together, and each such question has the time. What cannot
        be known is an UnknownVerification, which is false in a condition, too."""
        if isinstance(keys, str):
            raise ConfigurationError("batch_verify takes a list of keys; for one key there is verify.")
        parts = [
            (len(keys[at : at + BATCH_KEYS]), json_body({"keys": list(keys[at : at + BATCH_KEYS])}))
            for at in range(0, len(keys), BATCH_KEYS)
        ]
        # Reports of errors may show the variables of this frame.
        del keys
        results: list[BatchVerification] = []
        for count, body in parts:
            call = Call(
                "POST",
                "/v1/api-keys/batch-verify",
                _exactly(count),
                what=f"{count} verifications",
                credential="service_token",
                body=body,
                may_repeat=True,
                options=CallOptions(
                    self._settings.verify_timeout_s if timeout_s is None else timeout_s,
                    max_retries,
                    request_id,
                ),
            )
            results += (self._sender.send(call)).data
        return results

    def me(
        self, *, timeout_s: float | None = None, max_retries: int | None = None, request_id: str | None = None
    ) -> Admin:
        """Who the admin token is, and what it may do."""
        call = Call(
            "GET",
            "/v1/me",
            _admin,
            options=CallOptions(timeout_s, max_retries, request_id),
        )
        return (self._sender.send(call)).data

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, QueryValue] | None = None,
        json: object = None,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        credential: CredentialKind = "api_key",
        is_repeatable: bool | None = None,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Answer[Any]:
        """Any endpoint of the platform, with the key: ``client.request("POST", "/v1/agents", json={"name": name})``.

        ``path`` begins with a slash, below the address of the gateway. ``body`` is sent as it is; name its type in
        ``headers``. ``is_repeatable``: whether the call may be sent again when its first sending may have had its
        effect. For POST and PATCH: no, unless given.
        """
        if json is not None and body is not None:
            raise ConfigurationError("json and body are two ways to say the same: pass one of them.")
        content = body.encode() if isinstance(body, str) else body
        call = Call(
            method.upper(),
            path,
            _as_it_is,
            expects="anything",
            credential=credential,
            query=query or {},
            headers=Hidden(headers or {}),
            body=json_body(json) if json is not None else None if content is None else Hidden(content),
            is_json=json is not None,
            may_repeat=is_repeatable,
            options=CallOptions(timeout_s, max_retries, request_id),
        )
        del headers, body, content, json
        return self._sender.send(call)

    def close(self) -> None:
        """Closes the connections that are kept for the next call."""
        self._transport.close()

    def __enter__(self) -> Traylinx:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        """What logs get to see."""
        # Also of one that could not be made, in the report of that.
        settings: Settings | None = getattr(self, "_settings", None)
        if settings is None:
            return "Traylinx()"
        key, token = settings.credentials["api_key"], settings.credentials["admin_token"]
        api_key = "" if key is None else f", api_key={key_start(key)}…"
        return f"Traylinx({settings.base}{api_key}{'' if token is None else ', admin_token=[hidden]'})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A client has secrets in it and cannot be pickled or copied: make another one.")


def _as_it_is(data: Any) -> Any:
    return data


def _exactly(count: int) -> Callable[[object], list[BatchVerification]]:
    def decode(value: object) -> list[BatchVerification]:
        results = decode_verifications(value)
        if len(results) != count:
            raise ShapeError
        return results

    return decode
