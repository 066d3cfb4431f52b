export { alphabet } from './base62.js';
