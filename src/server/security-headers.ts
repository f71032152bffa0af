import helmet from '@fastify/helmet';
import fastify from 'fastify';

/**
 * The headers that helmet sets for this policy, computed once: helmet would compute the same headers for every answer,
 * which takes longer than the answer of a read model.
 */
export async function computeSecurityHeaders(
  contentSecurityPolicy: Record<string, string[]>,
): Promise<Readonly<Record<string, string>>> {
  const probe = fastify();
  await probe.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
    // Not over plain HTTP, which is all that this server speaks (RFC 6797, section 7.2): it is for the TLS proxy to send.
    strictTransportSecurity: false,
    // With no-referrer, browsers send "Origin: null" with the forms of our own pages.
    referrerPolicy: { policy: 'same-origin' },
    // Only plugins, old browsers and pages with scripts need these, and each costs time in every answer.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  probe.get('/', (_request, reply) => {
    const set = Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]);
    return Object.fromEntries(set) as Record<string, string>;
  });
  const answer = await probe.inject('/');
  await probe.close();
  return answer.json();
}
