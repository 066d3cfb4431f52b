# Made of the file of the same name in `_async` by make_sync.py. Change that one.
from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from .._address import QueryValue, segment, timestamp
from .._decode import decoder
from .._hidden import Hidden
from .._request import Call, CallOptions, json_body, present
from ..types import ApiKey, ApiKeyUsage, CreatedApiKey, DeletedApiKey, KeyOwner
from .management import Management
from .paged import Paged

Status = Literal["active", "expired", "deleting"]
Sort = Literal["createdAt", "-createdAt", "lastUsedAt", "-lastUsedAt", "expiresAt", "-expiresAt"]

_api_key = decoder(ApiKey)
_created = decoder(CreatedApiKey)
_usage = decoder(ApiKeyUsage)
_owner = decoder(KeyOwner)


class ApiKeys:
    """API keys, for admins. Every call needs the admin token."""

    def __init__(self, management: Management) -> None:
        self._management = management

    def list(
        self,
        project_id: str,
        *,
        q: str | None = None,
        status: Status | None = None,
        expires_within_days: int | None = None,
        unused_for_days: int | None = None,
        never_used: bool | None = None,
        sort: Sort | None = None,
        limit: int | None = None,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Paged[ApiKey]:
        """Of one project. ``q`` is searched in notes and key starts; ``limit`` is of one page, 1 to 200. All pages are
        read as you go on."""
        filters = _filters(q, status, expires_within_days, unused_for_days, never_used, sort, limit)
        options = CallOptions(timeout_s, max_retries, request_id)
        return self._management.list(ApiKey, _keys_path(project_id), filters, options)

    def list_all(
        self,
        *,
        q: str | None = None,
        status: Status | None = None,
        expires_within_days: int | None = None,
        unused_for_days: int | None = None,
        never_used: bool | None = None,
        sort: Sort | None = None,
        limit: int | None = None,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Paged[ApiKey]:
        """Of all projects that the admin may see, with the filters of `list`."""
        filters = _filters(q, status, expires_within_days, unused_for_days, never_used, sort, limit)
        options = CallOptions(timeout_s, max_retries, request_id)
        return self._management.list(ApiKey, "/v1/api-keys", filters, options)

    def create(
        self,
        project_id: str,
        *,
        note: str | None = None,
        expires_at: datetime | str | None = None,
        replaces_key_id: str | None = None,
        idempotency_key: str | None = None,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> CreatedApiKey:
        """Makes a key. ``key`` of the answer is the only time it is ever sent: keep it, or delete the API key and make
        another.

        ``note``: what it is for, at most 200 characters. ``expires_at``: with its offset, in the future, at most ten years
        away; without it the key never expires. ``replaces_key_id``: the key that it takes over from, whose note is
        copied when there is none here. ``idempotency_key``: so that a repeated creation makes one key; a random one for
        each call unless given.

        Raises ConflictError ``idempotency_key_reused`` when a repetition finds that the key was made, and its secret
        lost with the first answer (``problem["keyId"]`` is the API key to delete); ``limit_reached``;
        ``already_replaced``.
        """
        made = {
            "note": note,
            "expiresAt": None if expires_at is None else timestamp(expires_at),
            "replacesKeyId": replaces_key_id,
        }
        return self._management.send(
            Call(
                "POST",
                _keys_path(project_id),
                _created,
                headers=Hidden({"idempotency-key": idempotency_key or str(uuid.uuid4())}),
                body=json_body(present(made)),
                may_repeat=True,
                options=CallOptions(timeout_s, max_retries, request_id),
            )
        )

    def get(
        self,
        project_id: str,
        key_id: str,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> ApiKey:
        """Raises NotFoundError ``api_key_not_found``."""
        return self._management.send(
            Call(
                "GET",
                _key_path(project_id, key_id),
                _api_key,
                options=CallOptions(timeout_s, max_retries, request_id),
            )
        )

    def change_note(
        self,
        project_id: str,
        key_id: str,
        note: str | None,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> ApiKey:
        """The note is the only thing that can change. None takes it away."""
        return self._management.send(
            Call(
                "PATCH",
                _key_path(project_id, key_id),
                _api_key,
                body=json_body({"note": note}),
                may_repeat=True,
                options=CallOptions(timeout_s, max_retries, request_id),
            )
        )

    def delete(
        self,
        project_id: str,
        key_id: str,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> None:
        """Immediate and irreversible: when this returns, the key's next call is refused, everywhere."""
        options = CallOptions(timeout_s, max_retries, request_id)
        self._management.delete(_key_path(project_id, key_id), options)

    def usage(
        self,
        project_id: str,
        key_id: str,
        *,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> ApiKeyUsage:
        """How often it was used; a month up to now unless told otherwise."""
        return self._management.send(
            Call(
                "GET",
                f"{_key_path(project_id, key_id)}/usage",
                _usage,
                query={"from": from_, "to": to},
                options=CallOptions(timeout_s, max_retries, request_id),
            )
        )

    def list_deleted(
        self,
        project_id: str,
        *,
        limit: int | None = None,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Paged[DeletedApiKey]:
        """Deleted keys of the last 90 days, and who still calls with them."""
        path = f"/v1/projects/{segment('project_id', project_id)}/deleted-api-keys"
        options = CallOptions(timeout_s, max_retries, request_id)
        return self._management.list(DeletedApiKey, path, {"limit": limit}, options)

    def lookup(
        self,
        key: str,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> KeyOwner:
        """Whose is the key that was found somewhere? No use of it; the question is audited.

        Raises NotFoundError ``api_key_not_found``.
        """
        body = json_body({"key": key})
        # Reports of errors may show the variables of this frame.
        del key
        return self._management.send(
            Call(
                "POST",
                "/v1/api-keys/lookup",
                _owner,
                body=body,
                may_repeat=True,
                options=CallOptions(timeout_s, max_retries, request_id),
            )
        )


def _filters(
    q: str | None,
    status: Status | None,
    expires_within_days: int | None,
    unused_for_days: int | None,
    never_used: bool | None,
    sort: Sort | None,
    limit: int | None,
) -> Mapping[str, QueryValue]:
    return {
        "q": q,
        "status": status,
        "expiresWithinDays": expires_within_days,
        "unusedForDays": unused_for_days,
        "neverUsed": never_used,
        "sort": sort,
        "limit": limit,
    }


def _keys_path(project_id: str) -> str:
    return f"/v1/projects/{segment('project_id', project_id)}/api-keys"


def _key_path(project_id: str, key_id: str) -> str:
    return f"{_keys_path(project_id)}/{segment('key_id', key_id)}"
