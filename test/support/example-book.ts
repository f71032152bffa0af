// The book of the demo: the history of examples/csto, recorded by a server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.js';
import type { TestServer } from './test-server.js';

/** Throws if a line is refused. */
export async function recordExampleBook(book: TestServer): Promise<void> {
  for (const file of ['minsk-2011', 'history']) {
    const lines = readFileSync(join(projectRoot, `examples/csto/${file}.ndjson`), 'utf8')
      .trim()
      .split('\n');
    const refused = (await book.sendLines(lines)).results.find(({ status }) => status !== 201);
    if (refused) throw new Error(`${file}.ndjson: ${JSON.stringify(refused)}`);
  }
}
