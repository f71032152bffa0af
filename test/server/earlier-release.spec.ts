// `test/specimens/earlier-release` is the data directory of a release from before the rooms were renamed, with four
// entries, of which the first was recorded with an idempotency key. A later release starts on it.
import { afterAll, describe, expect, it } from '@jest/globals';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describeEmbedded } from '../support/embedded-or-cluster.js';
import { projectRoot } from '../support/project-root.js';
import { waitForFailedStart } from '../support/server-process.js';
import { cleanUp, createTemporaryDirectory, startTestServer } from '../support/test-server.js';

afterAll(cleanUp);

function copySpecimen(): string {
  const directory = createTemporaryDirectory();
  cpSync(join(projectRoot, 'test/specimens/earlier-release'), directory, { recursive: true });
  return directory;
}

describeEmbedded(
  'a data directory has the embedded ledger',
  'the data directory of an earlier release',
  () => {
    it('serves its read models, accepts its keys, and goes on under its checkpoint', async () => {
      const directory = copySpecimen();
      const checkpoint = readFileSync(join(directory, 'checkpoint'), 'utf8');
      const secret = readFileSync(join(directory, 'admin.key'), 'utf8').trim();
      const book = await startTestServer({ directory });

      const { json } = await book.get('/organizations/chess-club/members?on=2020-01-01');
      expect(json).toMatchObject({ entry: 4, items: [{ member: 'person:anna', entries: [4] }] });
      const key = { apiKey: secret, headers: { 'idempotency-key': 'first-register-source' } };
      const again = await book.sendCommand('register-source', { source: 'statutes', title: 'Statutes' }, key);
      expect([again.status, again.json.entry, again.headers.get('idempotency-replayed')]).toEqual([
        200,
        1,
        'true',
      ]);
      const next = await book.sendCommand('register-source', { source: 'minutes', title: 'Minutes' }, key);
      expect(next.json.code).toBe('idempotency-key-reused');
      await book.recordCommands(['register-source', { source: 'minutes', title: 'Minutes' }]);
      const [origin, size] = (await book.get('/checkpoint')).text.split('\n');
      expect([origin, size]).toEqual([checkpoint.split('\n')[0], '5']);
    });
  },
);

describe('the data directory of a later release', () => {
  it('is refused with a sentence that names both schemas, and what to do', async () => {
    const directory = copySpecimen();
    const db = new Database(join(directory, 'ledger.db'));
    db.pragma('user_version = 99');
    db.close();
    const { code, errors } = await waitForFailedStart({ DATA_DIR: directory });
    expect([code, errors.trim().split('\n').length]).toEqual([1, 1]);
    expect(errors).toMatch(
      /has ledger schema 99, this release reads schema \d+: run the release that wrote it/,
    );
  });
});
