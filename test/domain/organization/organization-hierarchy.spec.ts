import { correct, corrected } from '../../support/amendment-fixtures.js';
import {
  organizationData,
  getFactName,
  given,
  givenOrganizations,
  register,
  registered,
  rename,
} from '../../support/organization-fixtures.js';

describe('nothing is a part of itself', () => {
  it('not when it is registered', () =>
    given()
      .when(register({ partOf: 'csto' }))
      .thenRefused('circular-order'));
  it('but of anything that is no part of it', () =>
    givenOrganizations({ cis: undefined })()
      .when(register({ partOf: 'cis' }))
      .then(registered({ partOf: 'cis' })));

  const council = givenOrganizations({ council: 'csto', committee: 'council' });
  it('not by a correction', () =>
    council(registered())
      .when(correct(getFactName(0), organizationData({ partOf: 'csto' })))
      .thenRefused('illegal-correction'));
  it('not through its own body', () =>
    council(registered())
      .when(correct(getFactName(0), organizationData({ partOf: 'council' })))
      .thenRefused('illegal-correction'));
  it('not through a body of its body', () =>
    council(registered())
      .when(correct(getFactName(0), organizationData({ partOf: 'committee' })))
      .thenRefused('illegal-correction'));
  it('nor in a group with something else, where the rule keeps its name', () =>
    council(registered())
      .when(correct(getFactName(0), organizationData({ partOf: 'committee' })), rename('OT', '2010'))
      .thenRefused('circular-order'));
  it('a correction of the correction counts, not what it replaced', () =>
    council(registered(), corrected(getFactName(0), organizationData({ partOf: 'cis' })))
      .when(
        correct(getFactName(1), {
          fact: getFactName(0),
          with: organizationData({ partOf: 'council' }),
          reason: 'r',
        }),
      )
      .thenRefused('illegal-correction'));
  it('a circle of others, which two nodes racing may have closed, holds nobody up', () =>
    givenOrganizations({ a: 'b', b: 'a' })()
      .when(register({ partOf: 'a' }))
      .then(registered({ partOf: 'a' })));
});
