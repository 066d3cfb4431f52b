from __future__ import annotations

from .._address import segment
from .._decode import decoder
from .._request import Call, CallOptions, json_body
from ..types import Project
from .management import AsyncManagement
from .paged import AsyncPaged

_project = decoder(Project)


class AsyncProjects:
    """Projects, for admins. Every call needs the admin token."""

    def __init__(self, management: AsyncManagement) -> None:
        self._management = management

    def list(
        self,
        *,
        q: str | None = None,
        limit: int | None = None,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> AsyncPaged[Project]:
        """``q`` is searched in names; ``limit`` is of one page, 1 to 200. All pages are read as you go on."""
        options = CallOptions(timeout_s, max_retries, request_id)
        return self._management.list(Project, "/v1/projects", {"q": q, "limit": limit}, options)

    async def create(
        self,
        name: str,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Project:
        """Repeated only when the first sending has certainly made nothing."""
        return await self._management.send(
            Call(
                "POST",
                "/v1/projects",
                _project,
                body=json_body({"name": name}),
                options=CallOptions(timeout_s, max_retries, request_id),
            )
        )

    async def get(
        self,
        project_id: str,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Project:
        """Raises NotFoundError ``project_not_found``."""
        return await self._management.send(
            Call(
                "GET",
                _path(project_id),
                _project,
                options=CallOptions(timeout_s, max_retries, request_id),
            )
        )

    async def rename(
        self,
        project_id: str,
        name: str,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Project:
        """Returns it as it is now."""
        return await self._management.send(
            Call(
                "PATCH",
                _path(project_id),
                _project,
                body=json_body({"name": name}),
                may_repeat=True,
                options=CallOptions(timeout_s, max_retries, request_id),
            )
        )

    async def delete(
        self,
        project_id: str,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> None:
        """Raises ConflictError ``project_not_empty`` while it has API keys."""
        options = CallOptions(timeout_s, max_retries, request_id)
        await self._management.delete(_path(project_id), options)


def _path(project_id: str) -> str:
    return f"/v1/projects/{segment('project_id', project_id)}"
