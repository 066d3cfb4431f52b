import type { Answer, ProblemBody } from './gateway-client.js';

/** Every problem has the same form, whatever went wrong. */
export function expectProblem({ status, headers, body }: Answer<ProblemBody>): void {
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(body).toMatchObject({ status, type: `urn:traylinx:problem:${body.code}` });
  expect(body.title).not.toBe('');
  expect(body.requestId).toBe(headers.get('x-request-id'));
  expect(JSON.stringify(body)).not.toMatch(/node_modules|SELECT|127\.0\.0\.1|\bat \w+ \(/);
}
