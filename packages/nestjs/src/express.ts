import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiKeyGate, type ApiKeyGateOptions } from './gate.js';
import type { VerifiedKey } from './verified-key.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Express wants its request to be extended like this
  namespace Express {
    interface Request {
      /** The key that the request came with; undefined where no `requireApiKey()` was on the way. */
      apiKey?: VerifiedKey;
    }
  }
}

type Handler = (
  request: IncomingMessage & { apiKey?: VerifiedKey },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Lets only requests with a good key through: `app.use('/agents', requireApiKey())`. Routes before it stay public. The key
 * is in `request.apiKey`. For Express 4 and 5, and everything that takes its middleware.
 */
export function requireApiKey(options: ApiKeyGateOptions = {}): Handler {
  const gate = new ApiKeyGate(options);
  return (request, response, next) => {
    gate.decide(request).then(({ key, refusal }) => {
      if (refusal === undefined) {
        request.apiKey = key;
        next();
        return;
      }
      response.writeHead(refusal.status, refusal.headers);
      response.end(JSON.stringify(refusal.body));
    }, next);
  };
}

export { ApiKeyGate, type ApiKeyGateOptions, type Decision } from './gate.js';
export type { VerifiedKey } from './verified-key.js';
