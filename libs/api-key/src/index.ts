export { containsKey, hashKey, keyStart, mintKey, parseKey } from './api-key.js';
