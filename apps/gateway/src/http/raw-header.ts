import type { IncomingMessage } from 'node:http';

/**
 * The first header of this name, as it was sent. Where every microsecond counts: Node makes an object of all headers the
 * first time that `headers` is read.
 *
 * @param name in lower case
 */
export function rawHeader({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const candidate = rawHeaders[i];
    if (candidate?.length === name.length && candidate.toLowerCase() === name) return rawHeaders[i + 1];
  }
  return undefined;
}
