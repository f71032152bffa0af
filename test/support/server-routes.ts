import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** What the router of a running server has, sorted: `GET /organizations/:organization`. HEAD goes with GET. */
export function listRoutes(app: NestFastifyApplication): string[] {
  const tree = app.getHttpAdapter().getInstance().printRoutes();
  const routes: string[] = [];
  const above: string[] = [];
  for (const line of tree.split('\n')) {
    const [, indent, part, methods] = /^([│├└─\s]*)(\S.*?)(?: \(([A-Z, ]+)\))?$/u.exec(line) ?? [];
    if (indent === undefined || part === undefined) continue;
    const depth = indent.length / 4 - 1;
    above.length = depth;
    above.push(part);
    for (const method of methods?.split(', ') ?? [])
      if (method !== 'HEAD') routes.push(`${method} ${above.join('')}`);
  }
  return routes.sort();
}
