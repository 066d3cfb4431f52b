// Ways of counting that fail, each as a change of what was built.
import { AMBUSH } from './ambushes.mjs';

/** @typedef {import('../harness/planted-build.mjs').Plant} Plant */

const PUBLISHER = 'apps/gateway/src/usage/usage-publisher.js';
const CLAIM = 'apps/usage-tracking/src/recording/claim-batches.js';
const SERVER = 'libs/messaging/src/jetstream.server.js';

/** @type {readonly Plant[]} */
export const PLANTS = [
  {
    name: 'no-batch-ids',
    bug: 'nobody looks whether a batch was counted already: neither JetStream nor usage-tracking',
    exposedBy: AMBUSH.afterCommit,
    patches: [
      ['libs/messaging/src/jetstream.publisher.js', 'msgID: event.eventId,', ''],
      [CLAIM, 'WHERE NOT publisher.applied_batches @> batch.number', 'WHERE true'],
    ],
  },
  {
    name: 'acknowledge-before-commit',
    bug: 'a batch is acknowledged before it is recorded',
    exposedBy: AMBUSH.beforeCommit,
    patches: [
      [
        SERVER,
        'await requestContext.run(',
        'respond(messages, (message)=>message.ack()); await requestContext.run(',
      ],
    ],
  },
  {
    name: 'new-id-on-republish',
    bug: 'a batch that was not acknowledged is sent again under a new number',
    exposedBy: AMBUSH.unheard,
    patches: [
      [
        PUBLISHER,
        'publishFailures.inc();',
        `publishFailures.inc();
        header.eventId = formatUsageBatchId({ publisherId: this.publisherId, batchNumber: ++this.batchNumber });`,
      ],
    ],
  },
  {
    name: 'as-of-over-gaps',
    bug: '`asOf` follows the latest batch, whatever is missing before it',
    exposedBy: AMBUSH.behind,
    patches: [[CLAIM, `AND publisher.applied_batches + added.numbers @> int8range(1, new.number, '[]')`, '']],
  },
  {
    name: 'no-last-batch',
    bug: 'a gateway that gets SIGTERM does not send what it has counted since its last batch',
    exposedBy: AMBUSH.leaving,
    patches: [[PUBLISHER, 'await this.publishAll(true);', '']],
  },
  {
    name: 'slow-batches',
    bug: 'a gateway sends what it has counted once a second',
    patches: [[PUBLISHER, 'FLUSH_INTERVAL_MS = 100', 'FLUSH_INTERVAL_MS = 1_000']],
  },
];
