/** Callers that see `X-Api-Key-Expires-At` warn their user. */
const EXPIRY_WARNING_MS = 14 * 86_400_000;

/** The value of `X-Api-Key-Expires-At`, if it is time to say it. */
export function expiryWarning(expiresAt: string | null): string | undefined {
  if (expiresAt === null || Date.parse(expiresAt) - Date.now() > EXPIRY_WARNING_MS) return undefined;
  return expiresAt;
}
