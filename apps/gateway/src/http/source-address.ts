import { isIP } from 'node:net';

const PORT_BEHIND = /^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$/;
const MAPPED = /^::ffff:(?=[\d.]+$)/i;

/**
 * Where a request came from, as the audit trail keeps it: an address that PostgreSQL takes and that is written in one
 * way only. Proxies add ports, link-local addresses have zones, and IPv4 on an IPv6 socket looks like IPv6.
 *
 * @returns `null` for what is no address: what a proxy says must not decide whether a change can be made.
 */
export function sourceAddress(ip: string): string | null {
  const [, inBrackets, beforePort] = PORT_BEHIND.exec(ip) ?? [];
  const address = (inBrackets ?? beforePort ?? ip).replace(/%.*$/s, '').replace(MAPPED, '');
  return isIP(address) === 0 ? null : address;
}
