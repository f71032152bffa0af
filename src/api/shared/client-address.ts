import { isIPv6 } from 'node:net';
import type { Request } from '../../http/request.js';

const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i;
const GROUPS = 8;
/** The groups of the first 64 bits, which is what one customer of a provider has at least. */
const NETWORK_GROUPS = 4;

/** The address that limits count: of IPv6 the network of 64 bits, since a client has all addresses in it. */
export function getClientAddress({ ip }: Pick<Request, 'ip'>): string {
  const address = ip.replace(MAPPED_IPV4, '').replace(/%.*$/, '');
  if (!isIPv6(address)) return address;
  const [before = [], after = []] = address
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const omitted = Array<string>(GROUPS - before.length - after.length).fill('0');
  const groups = [...before, ...omitted, ...after].slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`;
}
