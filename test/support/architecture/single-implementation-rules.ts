// Rules about mechanisms that exist once: backoff, durable write, server-sent events, isObject, threads, reading times.
import ts from 'typescript';
import { walkSyntaxTree } from '../source-files.js';
import { collectFindings, isNumberAboveOne, formatViolations } from './find-nodes.js';
import type { FindViolations, Rule } from './rule.js';

/** Where `createBackoff` is defined, delays grow; nowhere else. */
const onlyBackoffGrowsDelays: FindViolations = (code) =>
  formatViolations(
    code.filter(({ exports }) => !exports.some(({ name }) => name === 'createBackoff')),
    ({ tree }) =>
      collectFindings(tree, (node) =>
        growsDelay(node) ? 'grows a delay by itself: use createBackoff()' : undefined,
      ),
  );

/** `wait = Math.min(2 * wait, most)`, `delay *= 2`: an expression that multiplies and names a delay. */
function growsDelay(node: ts.Node): boolean {
  const isAssigned =
    ts.isBinaryExpression(node) &&
    [ts.SyntaxKind.EqualsToken, ts.SyntaxKind.AsteriskEqualsToken].includes(node.operatorToken.kind);
  if (!isAssigned && !(ts.isVariableDeclaration(node) && node.initializer)) return false;
  if (!/wait|delay|pause|backoff|retry|Ms\b|_MS\b/i.test(node.getText())) return false;
  return isAssigned && node.operatorToken.kind === ts.SyntaxKind.AsteriskEqualsToken
    ? true
    : /\bMath\.min\(/.test(node.getText()) && doubles(node);
}

function doubles(node: ts.Node): boolean {
  let found = false;
  walkSyntaxTree(node, (inner) => {
    if (!ts.isBinaryExpression(inner)) return;
    const { operatorToken, left, right } = inner;
    found ||=
      (operatorToken.kind === ts.SyntaxKind.AsteriskToken &&
        (isNumberAboveOne(left) || isNumberAboveOne(right))) ||
      (operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken && isNumberAboveOne(left));
  });
  return found;
}

/** Files that force bytes to the disk, with the reason. */
const SYNCING_FILES = new Set([
  'src/ledger/durable-file.ts', // the durable write itself: file, rename, directory
  'src/ledger/sqlite/resync-wal.ts', // forces SQLite's own write-ahead log, which no rename replaces
]);
const SYNC = /(?:^|\.)(?:f(?:data)?sync(?:Sync)?|(?:data)?sync)$/;

const durableWritesAreOne: FindViolations = (code) =>
  formatViolations(
    code.filter(({ path }) => !SYNCING_FILES.has(path)),
    ({ tree }) =>
      collectFindings(tree, (node) =>
        ts.isCallExpression(node) && SYNC.test(node.expression.getText())
          ? 'forces a file to the disk by itself: use durable-file.ts'
          : undefined,
      ),
  );

/** Files of SQLite are opened by open-hardened-database.ts, which trusts no schema. */
const databasesAreOpenedOnce: FindViolations = (code) =>
  formatViolations(
    code.filter(
      ({ path }) => path.startsWith('src/') && path !== 'src/ledger/sqlite/open-hardened-database.ts',
    ),
    ({ tree }) =>
      collectFindings(tree, (node) =>
        ts.isNewExpression(node) && node.expression.getText() === 'Database'
          ? 'opens a file of SQLite by itself: use openHardenedDatabase()'
          : undefined,
      ),
  );

/** Server-sent events are written by src/http/sse-writer.ts, which waits for its reader. */
const serverSentEventsAreWrittenOnce: FindViolations = (code) =>
  formatViolations(
    code.filter(({ path }) => path !== 'src/http/sse-writer.ts'),
    ({ path, tree }) =>
      collectFindings(tree, (node) => {
        const isField =
          (ts.isTemplateHead(node) || ts.isTemplateMiddle(node)) &&
          /(?:^|\n)(?:data|event|id|retry): ?$/.test(node.text);
        const isComment = ts.isStringLiteralLike(node) && /^:.*\n\n$/.test(node.text);
        const isHeader =
          !path.startsWith('src/http/') &&
          ts.isStringLiteralLike(node) &&
          node.text.startsWith('text/event-stream;');
        return isField || isComment || isHeader ? 'writes server-sent events by itself' : undefined;
      }),
  );

/** An object that is not an array is recognized by src/json/is-object.ts. */
const objectsAreRecognizedOnce: FindViolations = (code) =>
  formatViolations(
    code.filter(({ path }) => path !== 'src/json/is-object.ts' && !path.startsWith('src/verify/')),
    ({ tree }) =>
      collectFindings(tree, (node) => {
        const isOutermost =
          ts.isBinaryExpression(node) &&
          isLogical(node) &&
          !(ts.isBinaryExpression(node.parent) && isLogical(node.parent));
        if (!isOutermost) return undefined;
        const tested = /typeof ([\w.]+) [!=]== 'object'/.exec(node.getText())?.[1];
        return tested !== undefined && node.getText().includes(`Array.isArray(${tested})`)
          ? 'recognizes an object by itself: use isObject()'
          : undefined;
      }),
  );

const isLogical = ({ operatorToken }: ts.BinaryExpression): boolean =>
  operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken ||
  operatorToken.kind === ts.SyntaxKind.BarBarToken;

/** Files that read times of their own format, with the reason. */
const TIME_READERS = new Set([
  'src/dates/instant.ts', // the reader of RFC 3339
  'src/ledger/recorded-time.ts', // recorded instants, which this program wrote in one exact form
  'src/api/shared/memento.ts', // HTTP dates, which are not RFC 3339
]);

/** A pattern of hours and minutes: `\d\d:\d\d`, `\d{2}:\d{2}`, `:[0-5]\d`. */
const TIME_PATTERN = /\\d(?:\{2\})?:\\d|:\[0-5\]\\d/;

const timesAreReadOnce: FindViolations = (code) =>
  formatViolations(
    code.filter(({ path }) => !TIME_READERS.has(path) && !path.startsWith('src/verify/')),
    ({ tree }) =>
      collectFindings(tree, (node) =>
        (ts.isCallExpression(node) && node.expression.getText() === 'Date.parse') ||
        (ts.isRegularExpressionLiteral(node) && TIME_PATTERN.test(node.text))
          ? 'reads a time by itself: use src/dates/instant.ts'
          : undefined,
      ),
  );

/** Threads are started by src/ledger/worker-thread.ts, which types their messages and reports how they end. */
const threadsAreStartedOnce: FindViolations = (code) =>
  formatViolations(
    code.filter(({ path }) => path !== 'src/ledger/worker-thread.ts'),
    ({ tree }) =>
      collectFindings(tree, (node) =>
        ts.isNewExpression(node) && ['Worker', 'MessageChannel'].includes(node.expression.getText())
          ? 'starts a thread by itself: use WorkerThread'
          : undefined,
      ),
  );

export const singleImplementationRules: readonly Rule[] = [
  {
    name: 'only createBackoff() grows delays',
    findViolations: onlyBackoffGrowsDelays,
    planted: [
      [
        'loops that double a delay',
        {
          'src/a.ts': 'for (let wait = 1; ; wait = Math.min(2 * wait, 10));',
          'src/b.ts': 'const wait = Math.min(MOST_MS, 2 ** attempt);',
          'src/c.ts': 'wait *= 2;',
          'src/d.ts': 'export const createBackoff = (n: number) => Math.min(2 ** n, 10);',
          'src/e.ts': 'const level = 2 ** n;\nstride *= 2;\nconst size = Math.min(2 * size, 512);',
        },
        ['src/a.ts', 'src/b.ts', 'src/c.ts'].map(
          (path) => `${path}:1 grows a delay by itself: use createBackoff()`,
        ),
      ],
    ],
  },
  {
    name: 'one helper forces files to the disk',
    findViolations: durableWritesAreOne,
    planted: [
      [
        'fsync elsewhere',
        {
          'src/a.ts': 'fsyncSync(file);',
          'src/b.ts': 'await handle.sync();',
          'src/c.ts': 'fs.fdatasync(file);',
          'src/ledger/durable-file.ts': 'await handle.sync();',
          'src/d.ts': 'await resync();\nasync();',
        },
        ['src/a.ts', 'src/b.ts', 'src/c.ts'].map(
          (path) => `${path}:1 forces a file to the disk by itself: use durable-file.ts`,
        ),
      ],
    ],
  },
  {
    name: 'one function opens files of SQLite',
    findViolations: databasesAreOpenedOnce,
    planted: [
      [
        'a connection elsewhere',
        {
          'src/a.ts': 'new Database(file);',
          'src/ledger/sqlite/open-hardened-database.ts': 'new Database(file);',
          'test/a.ts': 'new Database(file);',
        },
        ['src/a.ts:1 opens a file of SQLite by itself: use openHardenedDatabase()'],
      ],
    ],
  },
  {
    name: 'one writer writes server-sent events',
    findViolations: serverSentEventsAreWrittenOnce,
    planted: [
      [
        'fields, comments and headers elsewhere',
        {
          'src/api/a.ts': 'out.write(`data: ${json}\\n\\n`);',
          'src/api/b.ts': "out.write(': alive\\n\\n');",
          'src/api/c.ts': "const headers = { 'content-type': 'text/event-stream; charset=utf-8' };",
          'src/http/sse-writer.ts': 'out.write(`id: ${id}\\ndata: ${json}\\n\\n`);',
          'src/cli/d.ts': "if (line.startsWith('data: ')) f({ accept: 'text/event-stream' });",
        },
        ['src/api/a.ts', 'src/api/b.ts', 'src/api/c.ts'].map(
          (path) => `${path}:1 writes server-sent events by itself`,
        ),
      ],
    ],
  },
  {
    name: 'one function recognizes objects',
    findViolations: objectsAreRecognizedOnce,
    planted: [
      [
        'the same test elsewhere',
        {
          'src/a.ts': "const is = (v: unknown) => typeof v === 'object' && v !== null && !Array.isArray(v);",
          'projections/a.ts': "if (typeof v !== 'object' || v === null || Array.isArray(v)) throw e;",
          'src/json/is-object.ts': "const is = (v: unknown) => typeof v === 'object' && v !== null;",
          'src/verify/a.ts': "const is = (v: unknown) => typeof v === 'object' && v !== null;",
          'src/b.ts': "if (typeof v === 'object' && v !== null) f(v);",
        },
        ['src/a.ts', 'projections/a.ts'].map(
          (path) => `${path}:1 recognizes an object by itself: use isObject()`,
        ),
      ],
    ],
  },
  {
    name: 'one class starts threads',
    findViolations: threadsAreStartedOnce,
    planted: [
      [
        'a worker and a channel elsewhere',
        {
          'src/a.ts': 'const worker = new Worker(entry, { workerData });',
          'src/b.ts': 'const { port1, port2 } = new MessageChannel();',
          'src/ledger/worker-thread.ts': 'this.#worker = new Worker(entry, options);',
          'src/c.ts': 'const thread = new WorkerThread(entry, data, onMessage, options);',
        },
        ['src/a.ts', 'src/b.ts'].map((path) => `${path}:1 starts a thread by itself: use WorkerThread`),
      ],
    ],
  },
  {
    name: 'one reader reads times',
    findViolations: timesAreReadOnce,
    planted: [
      [
        'a pattern or Date.parse elsewhere',
        {
          'src/a.ts': 'const TIME = /T\\d\\d:\\d\\d$/;',
          'src/b.ts': 'const time = Date.parse(text);',
          'src/dates/instant.ts': 'const TIME = /T\\d\\d:\\d\\d$/;',
          'src/verify/a.ts': 'const time = Date.parse(text);',
          'src/c.ts': 'const id = /^(?:\\d+|(?:x\\d))$/;',
        },
        ['src/a.ts', 'src/b.ts'].map((path) => `${path}:1 reads a time by itself: use src/dates/instant.ts`),
      ],
    ],
  },
];
