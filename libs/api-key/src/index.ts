export { containsKey, hashKey, KEY_CHARACTERS, keyStart, mintKey, parseKey } from './api-key.js';
