import { alphabet } from '#api-key';
console.log('gateway', alphabet);
