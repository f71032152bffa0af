import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/**
 * The routes of a running server, sorted: `GET /organizations/:organization`. HEAD is left out, and OPTIONS, which any
 * address is asked with.
 */
export function listRoutes(app: NestFastifyApplication): string[] {
  const tree = app.getHttpAdapter().getInstance().printRoutes();
  const routes: string[] = [];
  const above: string[] = [];
  for (const line of tree.split('\n')) {
    const [, indent, part, methods] = /^([│├└─\s]*)(\S.*?)(?: \(([A-Z, ]+)\))?$/u.exec(line) ?? [];
    if (indent === undefined || part === undefined) continue;
    const depth = indent.length / 4 - 1;
    above.length = depth;
    above.push(part === '(empty root node)' ? '' : part);
    for (const method of methods?.split(', ') ?? [])
      if (method !== 'HEAD' && method !== 'OPTIONS') routes.push(`${method} ${above.join('')}`);
  }
  return routes.sort();
}
