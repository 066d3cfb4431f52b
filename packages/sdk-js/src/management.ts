import type { Answer, Call, CallOptions, Query } from './call.js';
import { Paged } from './paged.js';
import type { Settings } from './settings.js';
import type { Transport } from './transport.js';

type ManagementCall = Omit<Call, 'credential' | 'expects'>;

/** Calls with the admin token, and never with a key. */
export class Management {
  readonly #transport: Transport;
  readonly #deleteTimeoutMs: number;

  constructor(transport: Transport, { deleteTimeoutMs }: Settings) {
    this.#transport = transport;
    this.#deleteTimeoutMs = deleteTimeoutMs;
  }

  async send<T>(call: ManagementCall): Promise<T> {
    return (await this.#answer<T>(call)).data;
  }

  list<T>(path: string, query: Query, options: CallOptions): Paged<T> {
    return new Paged((cursor) =>
      this.#answer({ ...options, method: 'GET', path, query: { ...query, cursor } }),
    );
  }

  async delete(path: string, options: CallOptions): Promise<void> {
    await this.#transport.send({
      timeoutMs: this.#deleteTimeoutMs,
      ...options,
      method: 'DELETE',
      path,
      credential: 'adminToken',
      expects: 'no content',
    });
  }

  #answer<T>(call: ManagementCall): Promise<Answer<T>> {
    return this.#transport.send({ ...call, credential: 'adminToken', expects: 'json' });
  }
}
