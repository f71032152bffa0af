// A page of a stream's trail reads what it shows.
import { jest } from '@jest/globals';
import { admitMember, cstoCommands, endMembership, registerState } from '../../support/csto-commands.js';
import { cleanUp, startTestServer } from '../../support/test-server.js';

afterAll(cleanUp);

describe('a page of a trail', () => {
  it('reads the amendments of its own events only, however many the stream has', async () => {
    const other = await startTestServer();
    const correct = (effective: string) =>
      ['correct-fact', { fact: 'membership-csto:japan@0', with: { organization: 'csto', member: 'japan', effective }, reason: effective }] as const; // prettier-ignore
    await other.recordCommands(
      ...cstoCommands,
      registerState('japan', 'Japan'),
      admitMember('japan', '1990'),
      endMembership('japan', '1995'),
      correct('1991'),
      correct('1992'),
      correct('1993'),
    );
    const { ledger } = other.server.node;
    const readByTypes = jest.spyOn(ledger, 'readStreamByTypes');
    const findAmendments = jest.spyOn(ledger, 'findAmendments');
    const path = '/audit/trail/membership-csto:japan?limit=1';
    const first = await other.get(path);
    expect(first.json.items).toMatchObject([{ revision: 0, correctedBy: { entry: other.headEntry } }]);
    findAmendments.mockClear();
    const { status, json } = await other.get(String(first.json.next));
    expect([status, json.items[0].revision, json.items[0].correctedBy]).toEqual([200, 1, null]);
    expect(findAmendments).toHaveBeenCalledTimes(1);
    expect(readByTypes).not.toHaveBeenCalled();
  });
});
