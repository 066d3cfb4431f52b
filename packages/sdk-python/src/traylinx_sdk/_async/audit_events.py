from __future__ import annotations

from datetime import datetime

from .._request import CallOptions
from ..types import AuditEvent
from .management import AsyncManagement
from .paged import AsyncPaged


class AsyncAuditEvents:
    """Who did what, when, from where. Every call needs the admin token."""

    def __init__(self, management: AsyncManagement) -> None:
        self._management = management

    def list(
        self,
        *,
        project_id: str | None = None,
        target_id: str | None = None,
        actor: str | None = None,
        action: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        limit: int | None = None,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> AsyncPaged[AuditEvent]:
        """The latest first. ``target_id``: what was done to this project or API key. ``limit`` is of one page, 1 to
        200. All pages are read as you go on."""
        query = {
            "projectId": project_id,
            "targetId": target_id,
            "actor": actor,
            "action": action,
            "from": from_,
            "to": to,
            "limit": limit,
        }
        options = CallOptions(timeout_s, max_retries, request_id)
        return self._management.list(AuditEvent, "/v1/audit-events", query, options)
