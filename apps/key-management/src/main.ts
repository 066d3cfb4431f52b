import { alphabet } from '#api-key';
console.log('key-management', alphabet);
