"""Traylinx for Python: call the platform with a project API key, verify keys, manage them.

>>> from traylinx_sdk import Traylinx
>>> traylinx = Traylinx()  # with TRAYLINX_API_KEY and TRAYLINX_BASE_URL
>>> traylinx.whoami().project_name
'Website'
"""

from ._address import QueryValue
from ._answer import Answer
from ._async.api_keys import AsyncApiKeys
from ._async.audit_events import AsyncAuditEvents
from ._async.client import AsyncTraylinx
from ._async.paged import AsyncPaged
from ._async.projects import AsyncProjects
from ._asyncio import AsyncStandardTransport
from ._expiry import ApiKeyExpiryWarning, ExpiryWarning
from ._settings import FROM_ENVIRONMENT, CredentialKind
from ._sockets import StandardTransport
from ._sync.api_keys import ApiKeys
from ._sync.audit_events import AuditEvents
from ._sync.client import Traylinx
from ._sync.paged import Paged
from ._sync.projects import Projects
from ._version import __version__
from .errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionError,
    ConnectionFailure,
    FieldError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    TimeoutError,
    TraylinxError,
    UnavailableError,
    UnexpectedAnswerError,
)
from .transport import AsyncTransport, Headers, HttpRequest, HttpResponse, Transport
from .types import (
    Admin,
    ApiKey,
    ApiKeyUsage,
    AuditEvent,
    BatchVerification,
    CreatedApiKey,
    DeletedApiKey,
    Identity,
    KeyOwner,
    Project,
    RefusedVerification,
    Role,
    UnknownVerification,
    UsageGap,
    UsageSummary,
    UsesOfDay,
    UsesOfHour,
    ValidVerification,
    Verification,
)

__all__ = [
    "FROM_ENVIRONMENT",
    "Admin",
    "Answer",
    "ApiError",
    "ApiKey",
    "ApiKeyExpiryWarning",
    "ApiKeyUsage",
    "ApiKeys",
    "AsyncApiKeys",
    "AsyncAuditEvents",
    "AsyncPaged",
    "AsyncProjects",
    "AsyncStandardTransport",
    "AsyncTransport",
    "AsyncTraylinx",
    "AuditEvent",
    "AuditEvents",
    "AuthenticationError",
    "BatchVerification",
    "ConfigurationError",
    "ConflictError",
    "ConnectionError",
    "ConnectionFailure",
    "CreatedApiKey",
    "CredentialKind",
    "DeletedApiKey",
    "ExpiryWarning",
    "FieldError",
    "Headers",
    "HttpRequest",
    "HttpResponse",
    "Identity",
    "InvalidRequestError",
    "KeyOwner",
    "NotFoundError",
    "Paged",
    "PermissionDeniedError",
    "Project",
    "Projects",
    "QueryValue",
    "RateLimitError",
    "RefusedVerification",
    "Role",
    "ServerError",
    "StandardTransport",
    "TimeoutError",
    "Transport",
    "Traylinx",
    "TraylinxError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnknownVerification",
    "UsageGap",
    "UsageSummary",
    "UsesOfDay",
    "UsesOfHour",
    "ValidVerification",
    "Verification",
    "__version__",
]
