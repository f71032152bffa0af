import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { TestLedger } from '../read-models/support/test-ledger.js';
import { bookPlaced, bookTaken } from '../read-models/support/shelves.js';
import { createTestLedger } from '../read-models/support/start-read-models.js';
import type { AuditStep } from '../../src/audit/run-audit.js';
import {
  alterReadModelFile,
  auditLedger,
  interruptAudit,
  getScratchDirectory,
  writeReadModelFiles,
} from './support/audit-in-process.js';

const createProjectedLedger = (entries: number): Promise<TestLedger> =>
  writeReadModelFiles(
    createTestLedger(
      TestLedger.create(entries, (n) => [`shelf-${n % 9}`, bookPlaced('x', String(n % 50), `t${n}`)]),
    ),
  );
const isProjectedTo =
  (entry: number) =>
  ({ phase, progress }: AuditStep): boolean =>
    phase === 'refold' && progress.done >= entry;

describe('an interrupted audit', () => {
  it('resumes after the entries it has projected and finds the same differences', async () => {
    const book = await createProjectedLedger(4_500);
    alterReadModelFile(book, 'UPDATE books SET times = 77 WHERE from_entry IN (10, 4400)');
    await interruptAudit(book, isProjectedTo(4_000));

    const { resumedFrom, differences } = await auditLedger(book);
    expect(resumedFrom).toBe(4_000);
    expect(differences).toMatchObject([{ entry: 10 }, { entry: 4400 }]);
  });

  it('can be interrupted again, also while it compares, and resumes up to a later entry', async () => {
    const book = await createProjectedLedger(4_100);
    await interruptAudit(book, isProjectedTo(2_000));
    await interruptAudit(book, isProjectedTo(4_000));
    await interruptAudit(book, ({ phase }) => phase === 'compare');
    book.record('shelf-x', bookTaken('x', '1'));
    await writeReadModelFiles(book);
    expect(await auditLedger(book)).toMatchObject({ entry: 4_101, resumedFrom: 4_100, differencesCount: 0 });
  });

  it('starts from the beginning when nothing was projected yet', async () => {
    const book = await createProjectedLedger(100);
    await interruptAudit(book, ({ phase }) => phase === 'ledger');
    expect(await auditLedger(book)).toMatchObject({ resumedFrom: 0, differencesCount: 0 });
  });
});

describe('the saved state of an interrupted audit', () => {
  it.each([
    ['of another release', { code: 'another one' }],
    ['that is beyond the audited entry', { entry: 1_500 }],
  ])('%s is discarded', async (_, more) => {
    const book = await createProjectedLedger(4_100);
    await interruptAudit(book, isProjectedTo(2_000));
    expect(await auditLedger(book, more)).toMatchObject({ resumedFrom: 0, differencesCount: 0 });
  });

  it('is discarded if the ledger has another entry at its position', async () => {
    const book = await createProjectedLedger(4_100);
    await interruptAudit(book, isProjectedTo(2_000));
    book.truncateAfter(1_990);
    while (book.head < 2_500) book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    await writeReadModelFiles(book);
    expect(await auditLedger(book)).toMatchObject({ resumedFrom: 0 });
  });

  it('is discarded after a crash, and the files left over are removed', async () => {
    const book = await createProjectedLedger(100);
    mkdirSync(getScratchDirectory(book));
    writeFileSync(join(getScratchDirectory(book), 'shelves-1-1.db'), 'half of a file');
    expect(await auditLedger(book)).toMatchObject({ resumedFrom: 0, differencesCount: 0 });
  });

  it('is invalidated when an audit resumes from it, so that a later crash leaves nothing to resume from', async () => {
    const book = await createProjectedLedger(4_100);
    await interruptAudit(book, isProjectedTo(2_000));
    await interruptAudit(book, (step) => {
      if (step.phase === 'refold')
        expect(readdirSync(getScratchDirectory(book))).not.toContain('interrupted');
      return isProjectedTo(4_000)(step);
    });
  });
});
