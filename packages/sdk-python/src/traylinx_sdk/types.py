"""What the gateway answers. Times are aware, in UTC; fields that a newer gateway may add are left out. Texts that are
listed as known may become more: compare with them, and expect others."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Union


@dataclass(frozen=True)
class Identity:
    """What a key says about itself. Asking is no use of the key."""

    project_id: str
    project_name: str
    key_id: str
    #: ``tlx_`` and the next four characters.
    key_start: str
    note: str | None
    #: None: it never expires.
    expires_at: datetime | None


@dataclass(frozen=True)
class ValidVerification:
    """The key is good, now. True in a condition; both other kinds are false."""

    key_id: str
    project_id: str
    expires_at: datetime | None
    valid: Literal[True] = True
    code: Literal["VALID"] = "VALID"

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True)
class RefusedVerification:
    """The key is not good, now. False in a condition."""

    #: ``MALFORMED``, ``UNKNOWN``, ``EXPIRED``, ``DELETED``, ``WRONG_PROJECT``.
    code: str
    valid: Literal[False] = False

    # `if client.verify(key):` is what people write; an object that is always true would let everybody in.
    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True)
class UnknownVerification:
    """Neither good nor bad: it cannot be known at the moment. Only in a batch; a single question raises. False in a
    condition."""

    code: Literal["UNAVAILABLE"] = "UNAVAILABLE"
    valid: None = None

    def __bool__(self) -> Literal[False]:
        return False


Verification = Union[ValidVerification, RefusedVerification]
BatchVerification = Union[ValidVerification, RefusedVerification, UnknownVerification]


@dataclass(frozen=True)
class Project:
    id: str
    name: str
    created_at: datetime


@dataclass(frozen=True)
class UsageGap:
    """A time in which a use may be missing that would make the verdict another one."""

    #: ``from`` in JSON, which Python keeps for itself.
    from_: datetime
    to: datetime


@dataclass(frozen=True)
class UsageSummary:
    #: ``in_use``: in the last 24 hours; ``recently_used``: in the last 30 days; ``idle``: longer ago; ``never_used``.
    verdict: str
    last24h: int
    last7d: int
    last30d: int
    #: How complete the counts are: all uses before this are in them. None: not known yet.
    as_of: datetime | None
    gap: UsageGap | None


@dataclass(frozen=True)
class ApiKey:
    id: str
    project_id: str
    key_start: str
    note: str | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    #: ``active``, ``expired``, ``deleting``.
    status: str
    last_used_at: datetime | None
    usage: UsageSummary
    replaces_key_id: str | None
    replaced_by_key_id: str | None


@dataclass(frozen=True)
class CreatedApiKey(ApiKey):
    """The only answer that ever has the key in it. Printing it does not show the key."""

    key: str = field(repr=False)


@dataclass(frozen=True)
class UsesOfDay:
    #: ``2030-01-31``, of UTC.
    date: str
    uses: int


@dataclass(frozen=True)
class UsesOfHour:
    #: Its beginning.
    hour: datetime
    uses: int


@dataclass(frozen=True)
class ApiKeyUsage:
    daily: tuple[UsesOfDay, ...]
    #: Of 7 days: where are the low-traffic windows?
    hourly: tuple[UsesOfHour, ...]
    first_used_at: datetime | None
    last_used_at: datetime | None
    #: Calls with it that were refused, because it had expired.
    rejected_uses: int
    first_rejected_at: datetime | None
    last_rejected_at: datetime | None
    #: As that of a UsageSummary.
    verdict: str
    last24h: int
    last7d: int
    last30d: int
    as_of: datetime | None
    gap: UsageGap | None


@dataclass(frozen=True)
class DeletedApiKey:
    """A deleted key, and whether somebody still tries to use it. Kept for 90 days."""

    id: str
    key_start: str
    note: str | None
    deleted_at: datetime
    #: None: it is no longer known.
    deleted_by: str | None
    rejected_uses: int
    first_rejected_at: datetime | None
    last_rejected_at: datetime | None


@dataclass(frozen=True)
class KeyOwner:
    """Whose key it is."""

    project_id: str
    key_id: str
    key_start: str
    #: ``active``, ``expired``, ``deleting``, ``deleted``.
    status: str


@dataclass(frozen=True)
class AuditEvent:
    id: str
    occurred_at: datetime
    action: str
    actor: str
    #: None: it belongs to no project, as a sign-in does.
    project_id: str | None
    #: The project or API key.
    target_id: str | None
    request_id: str | None
    source_address: str | None
    #: For people: the name, the note, the reason.
    detail: str | None
    #: How often: more than 1 only for denials, which are summed up.
    count: int


@dataclass(frozen=True)
class Role:
    #: ``admin`` or ``viewer``.
    role: str
    #: None: in all projects.
    project_id: str | None


@dataclass(frozen=True)
class Admin:
    """Who the admin token is."""

    #: As the audit trail names them.
    actor: str
    name: str
    roles: tuple[Role, ...]
    #: When the credential ends; None: it does not.
    expires_at: datetime | None
