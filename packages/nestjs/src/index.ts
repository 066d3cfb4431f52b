export { ApiKeyGuard, CurrentKey, Public } from './api-key.guard.js';
export { ApiKeyGate, type ApiKeyGateOptions, type Decision, type Passage } from './gate.js';
export type { VerifiedKey } from './verified-key.js';
export type { RawRequest } from './credential.js';
export type { ProblemBody, Refusal } from './refusal.js';
export { TraylinxModule, type TraylinxModuleAsyncOptions } from './traylinx.module.js';
