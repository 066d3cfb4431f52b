import { alphabet } from '#api-key';
console.log('usage-tracking', alphabet);
