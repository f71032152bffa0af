// The book of the demo: the history of examples/csto.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleFiles } from '../../src/cli/demo/example-history.js';
import type { JsonObject } from '../../src/json/json.js';
import { projectRoot } from './project-root.js';
import type { TestServer } from './test-server.js';

type ExampleLine = { readonly command: string; readonly data: JsonObject };

/** The commands of a file of the history. */
export const readExampleFile = (name: (typeof exampleFiles)[number]): readonly ExampleLine[] =>
  readFileSync(join(projectRoot, `examples/csto/${name}.ndjson`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ExampleLine);

/** The commands of the whole history, in their order. */
export const readExampleHistory = (): readonly ExampleLine[] => exampleFiles.flatMap(readExampleFile);

/** Has a server record the history, its entries numbered in the order of the lines. Throws if a line is refused. */
export async function recordExampleBook(book: TestServer): Promise<void> {
  // Without it a cluster would not keep the order of the lines.
  const { results } = await book.sendLines(readExampleHistory(), '?onError=stop');
  const refused = results.find(({ status }) => status !== 201);
  if (refused) throw new Error(`examples/csto: ${JSON.stringify(refused)}`);
}
