export const alphabet = 'x';
