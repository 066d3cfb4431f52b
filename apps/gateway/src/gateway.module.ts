import { strictValidation } from '#messaging';
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AdminGuard } from './admin-auth/admin.guard.js';
import { AdminTokens } from './admin-auth/admin-tokens.js';
import { Authenticator } from './admin-auth/authenticator.js';
import { ServiceTokens } from './admin-auth/service-tokens.js';
import { ForwardAuth } from './forward-auth/forward-auth.js';
import { SourceIp } from './http/source-ip.js';
import { FailedVerifications } from './limits/failed-verifications.js';
import { RateLimits } from './limits/rate-limits.js';
import { AccessTokens } from './oidc/access-tokens.js';
import { OidcProvider } from './oidc/oidc-provider.js';
import { OidcSignIn } from './oidc/oidc-sign-in.js';
import { SignInAttempts } from './sessions/sign-in-attempts.js';
import { MeController } from './admin-auth/me.controller.js';
import { ApiReferenceController } from './api-reference/api-reference.controller.js';
import { AllApiKeysController } from './api-keys/all-api-keys.controller.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { DeletedApiKeysController } from './api-keys/deleted-api-keys.controller.js';
import { LookupController } from './api-keys/lookup.controller.js';
import { OwnApiKeyController } from './api-keys/own-api-key.controller.js';
import { AuditModule } from './audit/audit.module.js';
import { RouteTable } from './http/route-table.js';
import { JsonApiController } from './json-api/json-api.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { ProjectsController } from './projects/projects.controller.js';
import { BrowserAddress } from './sessions/browser-address.js';
import { SessionGuardian } from './sessions/session-guardian.js';
import { SessionRedis } from './sessions/session-redis.js';
import { SessionStore } from './sessions/session-store.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { UsageModule } from './usage/usage.module.js';
import { ApiKeyVerifier } from './verification/api-key-verifier.js';
import { VerificationController } from './verification/verification.controller.js';
import { Verifier } from './verification/verifier.js';
import { WhoamiController } from './verification/whoami.controller.js';

@Module({
  imports: [AuditModule, UsageModule],
  controllers: [
    ProjectsController,
    ApiKeysController,
    AllApiKeysController,
    DeletedApiKeysController,
    LookupController,
    OwnApiKeyController,
    JsonApiController,
    VerificationController,
    WhoamiController,
    MeController,
    SessionsController,
    ApiReferenceController,
  ],
  providers: [
    { provide: APP_GUARD, useClass: AdminGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useFactory: () => strictValidation() },
    RouteTable,
    AccessTokens,
    AdminTokens,
    Authenticator,
    BrowserAddress,
    SessionGuardian,
    SessionRedis,
    SessionStore,
    FailedVerifications,
    ForwardAuth,
    OidcProvider,
    OidcSignIn,
    RateLimits,
    ServiceTokens,
    SignInAttempts,
    SourceIp,
    Verifier,
    ApiKeyVerifier,
  ],
})
export class GatewayModule {}
