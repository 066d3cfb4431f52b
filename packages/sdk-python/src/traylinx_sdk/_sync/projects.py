# Made of the file of the same name in `_async` by make_sync.py. Change that one.
from __future__ import annotations

from .._address import segment
from .._decode import decoder
from .._request import Call, CallOptions, json_body
from ..types import Project
from .management import Management
from .paged import Paged

_project = decoder(Project)


class Projects:
    """Projects, for admins. Every call needs the admin token."""

    def __init__(self, management: Management) -> None:
        self._management = management

    def list(
        self,
        *,
        q: str | None = None,
        limit: int | None = None,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Paged[Project]:
        """``q`` is searched in names; ``limit`` is of one page, 1 to 200. All pages are read as you go on."""
        options = CallOptions(timeout_s, max_retries, request_id)
        return self._management.list(Project, "/v1/projects", {"q": q, "limit": limit}, options)

    def create(
        self,
        name: str,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Project:
        """Repeated only when the first sending has certainly made nothing."""
        return self._management.send(
            Call(
                "POST",
                "/v1/projects",
                _project,
                body=json_body({"name": name}),
                options=CallOptions(timeout_s, max_retries, request_id),
            )
        )

    def get(
        self,
        project_id: str,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Project:
        """Raises NotFoundError ``project_not_found``."""
        return self._management.send(
            Call(
                "GET",
                _path(project_id),
                _project,
                options=CallOptions(timeout_s, max_retries, request_id),
            )
        )

    def rename(
        self,
        project_id: str,
        name: str,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> Project:
        """Returns it as it is now."""
        return self._management.send(
            Call(
                "PATCH",
                _path(project_id),
                _project,
                body=json_body({"name": name}),
                may_repeat=True,
                options=CallOptions(timeout_s, max_retries, request_id),
            )
        )

    def delete(
        self,
        project_id: str,
        *,
        timeout_s: float | None = None,
        max_retries: int | None = None,
        request_id: str | None = None,
    ) -> None:
        """Raises ConflictError ``project_not_empty`` while it has API keys."""
        options = CallOptions(timeout_s, max_retries, request_id)
        self._management.delete(_path(project_id), options)


def _path(project_id: str) -> str:
    return f"/v1/projects/{segment('project_id', project_id)}"
