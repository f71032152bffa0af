import { correct, corrected } from '../../support/amendment-fixtures.js';
import {
  organizationData,
  getFactReference,
  given,
  givenOrganizations,
  register,
  registered,
  rename,
} from '../../support/organization-fixtures.js';

describe('the organization hierarchy', () => {
  it('refuses to register an organization as a part of itself', () =>
    given()
      .when(register({ partOf: 'csto' }))
      .thenRefused('circular-order'));
  it('accepts a parent that is not a part of the organization', () =>
    givenOrganizations({ cis: undefined })()
      .when(register({ partOf: 'cis' }))
      .then(registered({ partOf: 'cis' })));

  const council = givenOrganizations({ council: 'csto', committee: 'council' });
  it('refuses a correction that makes an organization a part of itself', () =>
    council(registered())
      .when(correct(getFactReference(0), organizationData({ partOf: 'csto' })))
      .thenRefused('illegal-correction'));
  it('refuses a correction that makes an organization a part of its own body', () =>
    council(registered())
      .when(correct(getFactReference(0), organizationData({ partOf: 'council' })))
      .thenRefused('illegal-correction'));
  it('refuses a correction that makes an organization a part of a body of its body', () =>
    council(registered())
      .when(correct(getFactReference(0), organizationData({ partOf: 'committee' })))
      .thenRefused('illegal-correction'));
  it('refuses the same correction in a group with the code circular-order', () =>
    council(registered())
      .when(correct(getFactReference(0), organizationData({ partOf: 'committee' })), rename('OT', '2010'))
      .thenRefused('circular-order'));
  it('checks the corrected correction, not the data that it replaced', () =>
    council(registered(), corrected(getFactReference(0), organizationData({ partOf: 'cis' })))
      .when(
        correct(getFactReference(1), {
          fact: getFactReference(0),
          with: organizationData({ partOf: 'council' }),
          reason: 'r',
        }),
      )
      .thenRefused('illegal-correction'));
  it('ignores a cycle among other organizations, which concurrent appends of two nodes can create', () =>
    givenOrganizations({ a: 'b', b: 'a' })()
      .when(register({ partOf: 'a' }))
      .then(registered({ partOf: 'a' })));
});
