/**
 * For every service of a proof: what it does wrong is found out by its callers, and all of these are one admin, whose
 * limit is not what is proved.
 */
export const PROOF_ENVIRONMENT = Object.freeze({ LOG_LEVEL: 'warn', MAX_CHANGES_PER_MINUTE: '0' });
