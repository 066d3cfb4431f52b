import { alphabet } from '#api-key';
console.log('verification', alphabet);
