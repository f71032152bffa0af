// Every snippet of the documentation is run: shell and JSON against the demo, TypeScript by the compiler.
import Database from 'better-sqlite3';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { SqliteLedger } from '../../src/ledger/sqlite/sqlite-ledger.js';
import { Configuration } from '../../src/node/configuration.js';
import { describeEmbedded } from '../support/embedded-or-cluster.js';
import { runScript, startProgram, stopAllPrograms } from '../support/child-program.js';
import { projectRoot } from '../support/project-root.js';
import { documentPaths, readCodeBlocks, readDocument, toExpectation } from './support/markdown-blocks.js';

const blocks = documentPaths.flatMap(readCodeBlocks);

/** A folder like that of a reader who has cloned the project and started the demo. */
const folder = mkdtempSync(join(tmpdir(), 'minutebook-docs-'));
let url: string;
beforeAll(async () => {
  for (const name of ['dist', 'node_modules', 'package.json'])
    symlinkSync(join(projectRoot, name), join(folder, name));
  const demo = runScript('cli/demo/run-demo', [], { PORT: '0', DATA_DIR: join(folder, 'demo-data') });
  await demo.waitForOutput('records nothing twice.');
  url = /open at (\S+)/.exec(demo.stdout)?.[1] ?? '';
});
afterAll(async () => {
  await stopAllPrograms();
  rmSync(folder, { recursive: true, force: true });
});

async function runInShell(text: string): Promise<string> {
  const script = `cd '${folder}'\n${text.replaceAll('http://127.0.0.1:3000', url)}`;
  const { code, stdout, stderr } = await startProgram('sh', ['-eu', '-c', script]).exit;
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}${stdout}`);
  return stdout;
}

/** The demo is imported as NDJSON, and a cluster may number concurrent commands in any order. */
const LOCAL_LEDGER_ONLY = 'the documentation shows the entry numbers of one node';

it('the documentation has snippets of every kind', () => {
  const kinds = new Set(blocks.map(({ info }) => info.split(' ')[0]));
  expect([...kinds].sort()).toEqual(['console', 'diff', 'ini', 'json', 'sh', 'sql', 'ts']);
  for (const { file, text } of blocks) expect([file, text]).not.toEqual([file, '']);
});

describeEmbedded(LOCAL_LEDGER_ONLY, 'shell snippets run as shown', () => {
  const pasted = blocks
    .map((block, n) => ({ ...block, then: blocks[n + 1] }))
    // A book of its own, from the first line to the last, in first-book.spec.ts.
    .filter(({ info, file }) => info === 'sh' && file !== 'docs/first-book.md');

  it.each(pasted)('$file, line $line', async ({ text, file, then }) => {
    const answer = await runInShell(text);
    if (then?.info === 'json' && then.file === file)
      expect(JSON.parse(answer)).toEqual(toExpectation(JSON.parse(then.text)));
  });

  it('the backup that they make has the whole book', () => {
    const ledger = new SqliteLedger(join(folder, 'demo-backup', 'ledger.db'));
    expect(ledger.getHead().entry).toBe(93);
    ledger.close();
  });
});

describeEmbedded(LOCAL_LEDGER_ONLY, 'SQL snippets have the rows that are shown', () => {
  const queries = blocks
    .map((block, n) => ({ ...block, then: blocks[n + 1] }))
    .filter(({ info }) => info.startsWith('sql '));

  it.each(queries)('$file, line $line', ({ info, text, then }) => {
    const directory = join(folder, 'demo-data', 'read-models');
    const pattern = new RegExp(`^${info.slice('sql '.length)}-\\d+-\\d+\\.db$`);
    const file = readdirSync(directory).find((name) => pattern.test(name)) ?? '';
    const db = new Database(join(directory, file), { readonly: true, fileMustExist: true });
    try {
      expect(db.prepare(text).all()).toEqual(toExpectation(JSON.parse(then?.text ?? '')));
    } finally {
      db.close();
    }
  });
});

describe('TypeScript snippets compile', () => {
  // Recipes are compiled by recipes.spec.ts, step by step.
  const written = blocks.filter(
    ({ info, file }) => info.startsWith('ts ') && !file.startsWith('docs/recipes/'),
  );

  it.each(written)('$file, line $line', ({ info, text }) => {
    const path = join(projectRoot, info.slice('ts '.length));
    const { config } = ts.readConfigFile(join(projectRoot, 'tsconfig.json'), (file) => ts.sys.readFile(file));
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, projectRoot);
    const settings = { ...options, incremental: false, noEmit: true };
    delete settings.tsBuildInfoFile;
    const host = ts.createCompilerHost(settings);
    host.readFile = (file) => (file === path ? text : ts.sys.readFile(file));
    host.fileExists = (file) => file === path || ts.sys.fileExists(file);
    const program = ts.createProgram([path], settings, host);
    const source = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });
});

/** Files that a recipe makes. */
const createdByRecipes = new Set(
  blocks.map(({ info }) => /^ts (.+)$/.exec(info)?.[1]).filter((path) => path !== undefined),
);

describe('what the documentation names exists', () => {
  it.each(documentPaths)('links of %s', (file) => {
    const missing = [...readDocument(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, link]) => link ?? '')
      .filter((link) => !existsSync(join(projectRoot, dirname(file), link)));
    expect(missing).toEqual([]);
  });

  it.each(documentPaths)('files named by %s', (file) => {
    const named = /`((?:src|projections|test|docs|examples)\/[\w./-]+|\.ci\/run)`/g;
    const missing = [...readDocument(file).matchAll(named)]
      .map(([, path]) => path ?? '')
      .filter((path) => !createdByRecipes.has(path) && !existsSync(join(projectRoot, path)));
    expect(missing).toEqual([]);
  });

  it('npm scripts in snippets', () => {
    const { scripts } = JSON.parse(readDocument('package.json')) as {
      scripts: { readonly [name: string]: string };
    };
    const named = blocks.flatMap(({ text }) =>
      [...text.matchAll(/npm (?:run (?:--silent )?(\w+)|(test|start))/g)].map(
        ([, ran, short]) => ran ?? short ?? '',
      ),
    );
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it('settings in README.md, with their defaults', () => {
    const rows = [...readDocument('README.md').matchAll(/^\| `([A-Z_]+)` +\| `([^`]*)`/gm)];
    expect(rows.length).toBeGreaterThan(5);
    const documented = Object.fromEntries(rows.map(([, name = '', value = '']) => [name, value]));
    expect(new Configuration(documented)).toEqual(new Configuration({}));
    for (const name of Object.keys(documented)) {
      const wrong = name === 'HOST' || name === 'DATA_DIR' ? 'elsewhere' : '-';
      const other = (): unknown => new Configuration({ [name]: wrong });
      if (wrong === '-') expect(other).toThrow(name);
      else expect(other()).not.toEqual(new Configuration({}));
    }
  });
});
