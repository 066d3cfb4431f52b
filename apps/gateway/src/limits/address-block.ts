import { sourceAddress } from '../http/source-address.js';

const GROUPS = 8;
const GROUPS_OF_A_NETWORK = 4;

/** What limits count by: an IPv4 address, or the /64 of an IPv6 address, of which everybody has as many as they like. */
export function addressBlock(ip: string): string {
  const address = sourceAddress(ip);
  if (address === null) return 'unknown';
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const [left, right] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: Math.max(0, GROUPS - left.length - right.length) }, () => 0);
  const groups = [...left, ...zeros, ...right].slice(0, GROUPS_OF_A_NETWORK);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

function groupsOf(text: string): number[] {
  return (
    text
      .split(':')
      .filter((group) => group !== '')
      // The last may be written like an IPv4 address, which stands for two.
      .flatMap((group) => (group.includes('.') ? [0, 0] : [Number.parseInt(group, 16)]))
  );
}
