import helmet from '@fastify/helmet';
import fastify from 'fastify';

/**
 * What helmet sets for this policy, asked once: it would work the same headers out again for each answer, which
 * takes it longer than a read model takes to answer.
 */
export async function computeSecurityHeaders(
  contentSecurityPolicy: Record<string, string[]>,
): Promise<Readonly<Record<string, string>>> {
  const probe = fastify();
  await probe.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
  });
  probe.get('/', (_request, reply) => {
    const set = Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]);
    return Object.fromEntries(set) as Record<string, string>;
  });
  const answer = await probe.inject('/');
  await probe.close();
  return answer.json();
}
