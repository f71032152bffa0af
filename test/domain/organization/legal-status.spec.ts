import {
  acquireLegalStatus,
  legalStatusAcquired,
  given,
  registered,
} from '../../support/organization-fixtures.js';

const observer = ['observer of the General Assembly', '2004-12-02'] as const;
const legal = ['regional organization', '2002-10-07'] as const;

describe('the acquisition of a legal status', () => {
  it('is recorded', () =>
    given(registered())
      .when(acquireLegalStatus(...observer))
      .then(legalStatusAcquired(...observer)));
  it('records nothing when it is repeated', () =>
    given(registered(), legalStatusAcquired(...observer), legalStatusAcquired(...legal))
      .when(acquireLegalStatus(...observer))
      .thenNothing());
  it('does not end another legal status', () =>
    given(registered(), legalStatusAcquired(...observer))
      .when(acquireLegalStatus(...legal))
      .then(legalStatusAcquired(...legal)));
  it('is refused if the organization would grant it to itself', () =>
    given(registered())
      .when({
        name: 'acquire-legal-status',
        data: { ...acquireLegalStatus(...observer).data, grantedBy: 'csto' },
      })
      .thenRefused('self-reference'));
  it('is refused if the organization is not registered', () =>
    given()
      .when(acquireLegalStatus(...observer))
      .thenRefused('unknown-reference'));
});
