export { ApiKeyGuard, CurrentKey, Public } from './api-key.guard.js';
export { ApiKeyGate, type ApiKeyGateOptions, type Decision, type Passage, type VerifiedKey } from './gate.js';
export type { RawRequest } from './credential.js';
export type { ProblemBody, Refusal } from './refusal.js';
export { TraylinxModule, type TraylinxModuleAsyncOptions } from './traylinx.module.js';
