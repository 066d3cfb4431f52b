export { KeyFenceConfig } from './key-fence.config.js';
export {
  GRANTED,
  KeyFence,
  type FillItem,
  type KeyFenceOptions,
  type Lookup,
  type LookupAnswer,
  NOT_GRANTED,
} from './key-fence.js';
export { RedisUnavailableError } from './redis-link.js';
