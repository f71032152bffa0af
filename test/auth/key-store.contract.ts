// The contract of every KeyStore.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ApiKeyError, ApiKeys } from '../../src/auth/api-keys.js';
import type { KeyStore } from '../../src/auth/key-store.js';
import { createTemporaryDirectory } from '../ledger/support/temporary-directory.js';

type KeyStoreFixture = {
  /** Opens the same store again, beside those that are open. */
  open(): KeyStore;
  remove(): Promise<void>;
};

export function describeKeyStore(where: string, place: () => Promise<KeyStoreFixture>): void {
  describe(`the keys of ${where}`, () => {
    let there: KeyStoreFixture;
    let opened: ApiKeys[];
    const open = async (): Promise<ApiKeys> => {
      const keys = new ApiKeys(there.open());
      opened.push(keys);
      await keys.refresh();
      return keys;
    };
    beforeEach(async () => {
      there = await place();
      opened = [];
    });
    afterEach(async () => {
      for (const keys of opened) await keys.close();
      await there.remove();
    });

    it('are found only by their secrets', async () => {
      const keys = await open();
      const clerk = await keys.add('clerk', 'recorder');
      const guest = await keys.add('guest', 'reader');
      expect(keys.find(clerk)).toMatchObject({ name: 'clerk', role: 'recorder' });
      expect(keys.find(guest)).toMatchObject({ name: 'guest', role: 'reader' });
      expect(keys.find(`${clerk}x`)).toBeUndefined();
      expect(keys.find('')).toBeUndefined();
    });

    it('are listed in the order of creation, without secrets and hashes', async () => {
      const keys = await open();
      await keys.add('zoe', 'auditor');
      await keys.add('adam', 'reader');
      expect(keys.list().map((key) => [Object.keys(key).sort(), key.name, key.role])).toEqual([
        [['createdAt', 'name', 'role'], 'zoe', 'auditor'],
        [['createdAt', 'name', 'role'], 'adam', 'reader'],
      ]);
      expect(Date.parse(keys.list()[0]!.createdAt)).toBeLessThanOrEqual(Date.now());
    });

    it('are invalid once revoked, and their names are not used again', async () => {
      const keys = await open();
      const secret = await keys.add('clerk', 'recorder');
      await keys.revoke('clerk');
      expect(keys.find(secret)).toBeUndefined();
      expect(keys.list()).toEqual([]);
      await expect(keys.add('clerk', 'reader')).rejects.toThrow(
        new ApiKeyError('There is or was a key named "clerk", and names are not used twice.'),
      );
      await expect(keys.revoke('clerk')).rejects.toThrow(
        new ApiKeyError('There is no valid key named "clerk".'),
      );
      await expect(keys.revoke('nobody')).rejects.toThrow(ApiKeyError);
    });

    it.each(['', ' clerk', 'clerk ', 'a\tb', 'é', 'x'.repeat(101)])('refuse the name "%s"', async (name) => {
      const keys = await open();
      await expect(keys.add(name, 'reader')).rejects.toThrow(/^A key's name has 1 to 100 visible ASCII/);
      expect(keys.isEmpty()).toBe(true);
    });

    it('are still valid after a restart', async () => {
      const before = await open();
      const [clerk, guest] = [await before.add('clerk', 'recorder'), await before.add('guest', 'reader')];
      await before.revoke('guest');
      await before.close();
      opened = [];
      const keys = await open();
      expect(keys.find(clerk)).toMatchObject({ name: 'clerk' });
      expect(keys.find(guest)).toBeUndefined();
      await expect(keys.add('guest', 'reader')).rejects.toThrow(ApiKeyError);
    });

    it('added or revoked by another process are effective here', async () => {
      const [here, elsewhere] = [await open(), await open()];
      const secret = await elsewhere.add('clerk', 'recorder');
      await here.refresh();
      expect(here.find(secret)).toMatchObject({ name: 'clerk' });
      await here.revoke('clerk');
      await elsewhere.refresh();
      expect(elsewhere.find(secret)).toBeUndefined();
    });

    it('have unique names when several processes add the same one at the same time', async () => {
      const places = [await open(), await open(), await open()];
      const names = ['a', 'b', 'c', 'd', 'e'];
      const added = await Promise.allSettled(
        names.flatMap((name) => places.map((keys) => keys.add(name, 'reader'))),
      );
      const secrets = added.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      for (const each of added)
        if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(ApiKeyError);
      expect(secrets).toHaveLength(names.length);
      for (const keys of places) {
        await keys.refresh();
        expect(secrets.map((secret) => keys.find(secret)?.name).sort()).toEqual(names);
      }
    });

    it('start with one admin key, in a file that only its owner can read', async () => {
      const places = [await open(), await open(), await open()];
      const files = places.map(() => join(createTemporaryDirectory(), 'admin.key'));
      const made = await Promise.all(places.map((keys, n) => keys.ensureAdminKey(files[n]!)));
      expect(made.filter(Boolean)).toHaveLength(1);
      expect(files.map((file) => existsSync(file))).toEqual(made);
      const file = files[made.indexOf(true)]!;
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const secret = readFileSync(file, 'utf8').trim();
      for (const keys of places) {
        await keys.refresh();
        expect(keys.find(secret)).toMatchObject({ name: 'admin', role: 'admin' });
        expect(await keys.ensureAdminKey(file)).toBe(false);
      }
    });

    it('never get a second first key, even after the first was revoked', async () => {
      const keys = await open();
      await keys.add('clerk', 'recorder');
      await keys.revoke('clerk');
      const file = join(createTemporaryDirectory(), 'admin.key');
      expect(await keys.ensureAdminKey(file)).toBe(false);
      expect(existsSync(file)).toBe(false);
    });
  });
}
