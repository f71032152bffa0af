// The documented way out of damage to pages that hold no entry: a copy is made from the entries alone.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { LedgerWriter } from '../../src/ledger/sqlite/ledger-writer.js';
import { createAppend } from '../ledger/support/create-append.js';
import { runScript, stopAllPrograms } from '../support/child-program.js';
import { cleanUp, createTemporaryDirectory } from '../support/test-server.js';

afterEach(stopAllPrograms);
afterAll(cleanUp);

const ENTRIES = 600;
const run = (...words: readonly string[]) => runScript('cli/minutebook', words).exit;
const getRoot = (output: string): string | undefined => /root (\S+)$/m.exec(output)?.[1];

function createBook(): string {
  const directory = createTemporaryDirectory();
  const writer = new LedgerWriter(join(directory, 'ledger.db'));
  writer.commit(Array.from({ length: ENTRIES }, (_, n) => createAppend(`a-${n}`, -1)));
  writer.close();
  return directory;
}

function destroyPages(file: string, name: string): void {
  const db = new Database(file, { readonly: true });
  const pages = db.prepare('SELECT pageno FROM dbstat WHERE name = ?').pluck().all(name) as number[];
  db.close();
  expect(pages.length).toBeGreaterThan(0);
  const descriptor = openSync(file, 'r+');
  for (const page of pages)
    writeSync(descriptor, Buffer.alloc(4096, Buffer.from('af3d01c9', 'hex')), 0, 4096, (page - 1) * 4096);
  closeSync(descriptor);
}

describe('minutebook copy', () => {
  it.each(['entries_of_stream', 'entries_by_id', 'entries_by_request', 'tiles', 'sqlite_autoindex_tiles_1'])(
    'heals a book whose pages of %s are destroyed',
    async (name) => {
      const directory = createBook();
      const intact = join(createTemporaryDirectory(), 'intact');
      const before = await run('copy', '--from', directory, '--to', intact);
      expect(before.code).toBe(0);
      destroyPages(join(directory, 'ledger.db'), name);
      const audit = await run('audit', '--data', directory);
      expect([audit.code, audit.stderr]).toEqual([1, '']);
      expect(audit.stdout).toMatch(/ledger\.db is damaged: /);

      const healed = join(createTemporaryDirectory(), 'healed');
      const copy = await run('copy', '--from', directory, '--to', healed);
      expect([copy.code, copy.stderr]).toEqual([0, '']);
      expect(getRoot(copy.stdout)).toBeDefined();
      expect(getRoot(copy.stdout)).toBe(getRoot(before.stdout));
      expect((await run('audit', '--data', healed)).stdout).toMatch(
        `The book up to entry ${ENTRIES} is intact`,
      );
    },
  );
});
