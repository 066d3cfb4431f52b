import { unexpectedShape } from './answer.js';
import type { Answer } from './call.js';

interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** All items of a list, read page by page as you go on: `for await (const apiKey of client.apiKeys.list(projectId))`. */
export class Paged<T> implements AsyncIterable<T> {
  readonly #read: (cursor: string | undefined) => Promise<Answer<Partial<Page<T>> | null>>;

  constructor(read: (cursor: string | undefined) => Promise<Answer<Partial<Page<T>> | null>>) {
    this.#read = read;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page;
  }

  /** The same, a page at a time. */
  async *pages(): AsyncGenerator<T[], void, undefined> {
    let cursor: string | undefined;
    do {
      const answer = await this.#read(cursor);
      const { data, nextCursor } = answer.data ?? {};
      // The same cursor again would go on for ever.
      if (!Array.isArray(data) || (nextCursor && nextCursor === cursor)) {
        throw unexpectedShape(answer, 'a page of a list');
      }
      yield data;
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** Everything at once. */
  async toArray(): Promise<T[]> {
    const items: T[] = [];
    for await (const item of this) items.push(item);
    return items;
  }
}
