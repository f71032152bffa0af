// The property of changes: they show what GET shows before and at their entry, and add up to the lists at the head.
import { afterAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import { arbitraryCommandSeeds, recordRandomCommands } from '../../projections/support/random-commands.js';
import { fetchAllPages } from '../../projections/support/read-all-routes.js';
import { type Change, ChangeVerifier } from './support/change-verifier.js';
import { cleanUp, startTestServer } from '../../support/test-server.js';

afterAll(cleanUp);

const toSet = (items: readonly unknown[]): ReadonlySet<string> =>
  new Set(items.map((item) => canonicalJson(item as never)));

it('changes show what GET shows, and add up to the lists at the head, for any history', async () => {
  const lists = new Set<string>();
  await fc.assert(
    fc.asyncProperty(arbitraryCommandSeeds, async (acts) => {
      const node = await startTestServer();
      const head = (await recordRandomCommands(node, acts)).length;
      const shown = new ChangeVerifier(node);
      const changes: Change[] = await fetchAllPages(node, '/audit/changes', 200);
      const state = new Map<string, Map<string, unknown>>();
      for (const change of changes) {
        await shown.check(change);
        const { list, key, after } = change;
        lists.add(list.replace(/(?<=^\/\w+\/)(?!upcoming)[^/#?]+/, '*').replace(/\?.*/, '?'));
        const items = state.get(list) ?? new Map<string, unknown>();
        state.set(list, items);
        if (after === null) items.delete(canonicalJson(key as never));
        else items.set(canonicalJson(key as never), after);
      }
      for (const [list, items] of state) {
        const last = /[?#]/.test(list) ? undefined : await shown.readItems(list, head);
        if (last) expect([list, toSet([...items.values()])]).toEqual([list, toSet(last)]);
      }
      await node.close();
    }),
    { numRuns: 3, endOnFailure: true },
  );
  // The random histories touched these lists.
  expect([...lists]).toEqual(
    expect.arrayContaining([
      '/meetings',
      '/meetings/upcoming?',
      '/organizations',
      '/organizations/*/membership-history',
      '/people/*/offices',
      '/statements',
    ]),
  );
}, 240_000);
