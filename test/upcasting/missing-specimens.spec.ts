// The files of test/specimens have a specimen of every event type in its newest shape, its leaf, and the digest of the
// rows of every read model. `MINUTEBOOK_RECORD=1 npm test -- test/upcasting/missing-specimens` adds what is missing, and
// alters nothing else.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModels } from '../../projections/index.js';
import { aggregates } from '../../src/domain/aggregates.js';
import { amendmentCommands } from '../../src/domain/amendment-commands.js';
import { upcasters } from '../../src/domain/upcasters.js';
import { canonicalJson } from '../../src/json/canonical-json.js';
import type { JsonObject } from '../../src/json/json.js';
import { encodeLeaf, hashLeaf } from '../../src/ledger/entry.js';
import { computeRoot } from '../ledger/merkle/support/rfc6962-reference.js';
import { specimens } from '../support/command-specimens.js';
import { describeEmbedded, IMPORT_UNSUPPORTED_REASON } from '../support/embedded-or-cluster.js';
import { projectRoot } from '../support/project-root.js';
import { cleanUp, startTestServer } from '../support/test-server.js';
import { digestRows, header, lines, SPECIMEN_FILE, type SpecimenLine } from './support/specimen-ledger.js';

const LEAVES_FILE = 'test/specimens/leaves.json';
const ROWS_FILE = 'test/specimens/rows.json';
const readText = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');
const formatJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

type Leaf = { readonly entry: { readonly type: string } };
type Rows = { readonly entries: number; readonly rows: { readonly [model: string]: string } };
type StoredLine = SpecimenLine & { readonly previous: string | null };
const parseLine = (line: string): StoredLine => JSON.parse(line) as StoredLine;

afterAll(cleanUp);

/** Commands whose event has no specimen in its newest shape. */
function findMissingCommands(): readonly string[] {
  const shapes = new Set(
    lines.map(parseLine).map(({ type, metadata }) => `${type} ${metadata.version ?? 1}`),
  );
  const countOlderShapes = (event: string): number =>
    Object.entries(upcasters).find(([type]) => type === event)?.[1].length ?? 0;
  return [...aggregates.map(({ commands }) => commands), amendmentCommands]
    .flatMap((commands) => Object.entries(commands))
    .filter(([, { event }]) => !shapes.has(`${event} ${countOlderShapes(event) + 1}`))
    .map(([name]) => name);
}

/** The lines of the specimen ledger after these commands were recorded in it. */
async function addToBook(commands: readonly string[]): Promise<readonly string[]> {
  if (commands.length === 0) return lines;
  const server = await startTestServer();
  const headers = { 'content-type': 'application/x-ndjson' };
  await server.send('/commands', [header, ...lines].join('\n'), { headers });
  const follows = (name: string) =>
    aggregates.flatMap(({ commands: declared }) => declared[name]?.exampleFollows ?? []);
  for (const name of new Set(commands.flatMap((each) => [...follows(each), each]))) {
    const { status, text } = await server.sendCommand(name, specimens[name]);
    if (status !== 201)
      throw new Error(`The specimen of ${name} must be a new fact for ${SPECIMEN_FILE}, but: ${text}`);
  }
  const { text } = await server.get('/events', { accept: 'application/x-ndjson' });
  return text.trimEnd().split('\n').slice(1);
}

function formatBook(book: readonly string[]): string {
  const root = computeRoot(book.map((line) => Buffer.from(parseLine(line).leaf, 'hex'))).toString('base64');
  const first = canonicalJson({ ...(JSON.parse(header) as JsonObject), entries: book.length, root });
  return `${[first, ...book].join('\n')}\n`;
}

function addLeaves(book: readonly string[]): readonly Leaf[] {
  const leaves = JSON.parse(readText(LEAVES_FILE)) as readonly Leaf[];
  const known = new Set(leaves.map(({ entry }) => entry.type));
  const types = [...new Set(book.map((line) => parseLine(line).type))].filter((type) => !known.has(type));
  return [
    ...leaves,
    ...types.map((type) => toLeaf(book.find((line) => parseLine(line).type === type) ?? '')),
  ];
}

function toLeaf(line: string): Leaf {
  const { id, stream, revision, type, recordedAt, data, metadata, previous } = parseLine(line);
  const texts = { data: canonicalJson(data), metadata: canonicalJson(metadata as JsonObject) };
  const entry = { id, stream, revision, type, recordedAt, ...texts, previous };
  const bytes = encodeLeaf({ ...entry, previous: previous === null ? null : Buffer.from(previous, 'hex') });
  return { entry, bytes, hash: hashLeaf(bytes).toString('hex') } as Leaf;
}

/** A digest is replaced only by that of more entries: if the rows of the same entries changed, the version must. */
function addDigests(book: readonly string[]): Rows {
  const { entries, rows } = JSON.parse(readText(ROWS_FILE)) as Rows;
  const digests = readModels.map((model) => {
    const name = `${model.name} ${model.version}`;
    const isChanged = rows[name] !== undefined && rows[name] !== digestRows(model, book.slice(0, entries));
    if (isChanged) throw new Error(`The rows of ${name} changed: raise its version.`);
    return [name, digestRows(model, book)] as const;
  });
  return { entries: book.length, rows: Object.fromEntries(digests) };
}

describeEmbedded(IMPORT_UNSUPPORTED_REASON, 'the specimens', () => {
  it('are complete; with MINUTEBOOK_RECORD=1, missing ones are added', async () => {
    const book = await addToBook(findMissingCommands());
    const complete = {
      [SPECIMEN_FILE]: formatBook(book),
      [LEAVES_FILE]: formatJson(addLeaves(book)),
      [ROWS_FILE]: formatJson(addDigests(book)),
    };
    if (process.env['MINUTEBOOK_RECORD'])
      for (const [file, text] of Object.entries(complete)) writeFileSync(join(projectRoot, file), text);
    for (const [file, text] of Object.entries(complete)) expect([file, readText(file)]).toEqual([file, text]);
  });
});
