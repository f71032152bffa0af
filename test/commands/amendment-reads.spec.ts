// What the command handler reads of the ledger for an amendment does not grow with the amendments before it.
import { jest } from '@jest/globals';
import type { Entry } from '../../src/ledger/entry.js';
import { CommandHandlerFixture, registerOrganization } from './support/command-handler-fixture.js';

let fixture: CommandHandlerFixture;
beforeEach(async () => {
  fixture = new CommandHandlerFixture();
  await fixture.recordAll(registerOrganization('csto'));
});
afterEach(() => fixture.close());

/** How many entries an amendment of the first fact reads. */
async function countReadEntries(command: string, data: (n: number) => object, n: number): Promise<number> {
  const reads = jest.spyOn(fixture.ledger, 'readStream');
  await fixture.recordAll([command, { fact: 'organization-csto@0', ...data(n) }]);
  const count = reads.mock.results.reduce((sum, { value }) => sum + (value as readonly Entry[]).length, 0);
  reads.mockRestore();
  return count;
}

describe('the n-th amendment of one fact reads as many entries of the ledger as the first ones', () => {
  it.each<[string, (n: number) => object]>([
    ['correct-fact', (n) => ({ with: registerOrganization('csto', `Name ${n}`)[1], reason: 'A slip.' })],
    ['dispute-fact', (n) => ({ claim: `Claim ${n}.` })],
  ])('%s', async (command, data) => {
    const counts: number[] = [];
    for (let n = 0; n < 40; n++) counts.push(await countReadEntries(command, data, n));
    expect(counts.at(-1)).toBe(counts[2]);
  });
});
