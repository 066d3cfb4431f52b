import { Problem } from '../http/problem.js';

const REALM = 'Bearer realm="traylinx"';

export const ADMIN_CREDENTIAL_MISSING = new Problem('admin_credential_missing', {
  detail: 'Send the admin token or an access token as "Authorization: Bearer <token>", or sign in.',
  headers: { 'www-authenticate': REALM },
});

/** @param detail without quotation marks: it is part of a header */
export function adminCredentialInvalid(detail: string, headers: Record<string, string> = {}): Problem {
  return new Problem('admin_credential_invalid', {
    detail,
    headers: {
      'www-authenticate': `${REALM}, error="invalid_token", error_description="${detail}"`,
      ...headers,
    },
  });
}

export const NOT_ADMIN_TOKEN = adminCredentialInvalid(
  'The token is not the admin token. An API key is never accepted here.',
);
