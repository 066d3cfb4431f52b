// Somebody on the bus who sees every batch on its way to JetStream, and JetStream's word that it has it. So what a killed
// gateway can have taken with it is known from what was acknowledged, not from what was recorded, which is to be proved.
import { connect } from '@nats-io/transport-node';

/** @typedef {import('./gateway-process.mjs').GatewayProcess} GatewayProcess */

const STREAM = 'EVENTS';
const BATCH_SUBJECTS = 'evt.api-keys.>';
/** Acknowledgements, and all other answers that gateways get. */
const GATEWAY_INBOXES = '_INBOX.gateway.>';
/** Batches with a key that are remembered, for people. */
const REMEMBERED_BATCHES = 30;
const RECONNECT_WAIT_MS = 20;

/** @typedef {{ eventId: string, reason?: string, count: number, takenAtMs: number, isAcknowledged: boolean }} SeenBatch */

export class Witness {
  /** By publisher. @type {Map<string, GatewayProcess>} */
  #processes = new Map();
  /** By key: whose batch has it, that gateway it comes from. @type {Map<string, () => GatewayProcess>} */
  #marks = new Map();
  /** By the inbox that the acknowledgement goes to. @type {Map<string, { publisherId: string, completeBeforeMs: number, parts: SeenBatch[] }>} */
  #awaited = new Map();
  /** By key, the last ones. @type {Map<string, SeenBatch[]>} */
  #batches = new Map();
  #client;

  /** @param {import('@nats-io/transport-node').NatsConnection} client */
  constructor(client) {
    this.#client = client;
    client.subscribe(BATCH_SUBJECTS, { callback: (_error, message) => this.#seeBatch(message) });
    client.subscribe(GATEWAY_INBOXES, { callback: (_error, message) => this.#seeAnswer(message) });
  }

  /** @param {string} natsUrl with a user who may hear everything */
  static async join(natsUrl) {
    const { host, username, password } = new URL(natsUrl);
    const client = await connect({
      servers: host,
      user: username,
      pass: password,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_WAIT_MS,
    });
    return new Witness(client);
  }

  /** A key that is called through one gateway only, again and again. @param {string} keyId @param {() => GatewayProcess} process that is running now */
  mark(keyId, process) {
    this.#marks.set(keyId, process);
  }

  /** The last batches that had the key. @param {string} keyId @returns {readonly SeenBatch[]} */
  batchesOf(keyId) {
    return this.#batches.get(keyId) ?? [];
  }

  async leave() {
    await this.#client.close();
  }

  /** @param {import('@nats-io/transport-node').Msg} message */
  #seeBatch(message) {
    /** @type {{ eventId: string, occurredAt: string, completeBefore: string, keyIds: string[], counts: number[], reason?: string }} */
    const { eventId, occurredAt, completeBefore, keyIds, counts, reason } = message.json();
    const publisherId = eventId.slice(0, eventId.indexOf(':'));
    const takenAtMs = Date.parse(occurredAt);
    const parts = keyIds.map((keyId, i) => {
      const part = {
        eventId,
        count: counts[i] ?? 0,
        takenAtMs,
        isAcknowledged: false,
        ...(reason ? { reason } : {}),
      };
      this.#identify(publisherId, keyId);
      this.#remember(keyId, part);
      return part;
    });
    this.#processes.get(publisherId)?.publishes(takenAtMs);
    const completeBeforeMs = Date.parse(completeBefore);
    if (message.reply) this.#awaited.set(message.reply, { publisherId, completeBeforeMs, parts });
  }

  /** @param {import('@nats-io/transport-node').Msg} message */
  #seeAnswer(message) {
    const batch = this.#awaited.get(message.subject);
    if (batch === undefined) return;
    this.#awaited.delete(message.subject);
    if (!isAcknowledgement(message)) return;
    for (const part of batch.parts) part.isAcknowledged = true;
    this.#processes.get(batch.publisherId)?.isSafeBefore(batch.completeBeforeMs);
  }

  /** @param {string} publisherId @param {string} keyId */
  #identify(publisherId, keyId) {
    if (this.#processes.has(publisherId)) return;
    const process = this.#marks.get(keyId)?.();
    if (process !== undefined) this.#processes.set(publisherId, process);
  }

  /** @param {string} keyId @param {SeenBatch} part */
  #remember(keyId, part) {
    const batches = this.#batches.get(keyId) ?? [];
    this.#batches.set(keyId, batches);
    batches.push(part);
    if (batches.length > REMEMBERED_BATCHES) batches.shift();
  }
}

/** No service behind a subject, an error of JetStream: these are answers, too. @param {import('@nats-io/transport-node').Msg} message */
function isAcknowledgement(message) {
  try {
    /** @type {{ stream?: string, seq?: number, error?: unknown }} */
    const { stream, seq, error } = message.json();
    return stream === STREAM && seq !== undefined && error === undefined;
  } catch {
    return false;
  }
}
