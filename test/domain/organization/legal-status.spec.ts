import { acquire, acquired, given, registered } from '../../support/organization-fixtures.js';

const observer = ['observer of the General Assembly', '2004-12-02'] as const;
const legal = ['regional organization', '2002-10-07'] as const;

describe('acquiring a legal status', () => {
  it('is recorded', () =>
    given(registered())
      .when(acquire(...observer))
      .then(acquired(...observer)));
  it('twice is once', () =>
    given(registered(), acquired(...observer), acquired(...legal))
      .when(acquire(...observer))
      .thenNothing());
  it('does not end another one', () =>
    given(registered(), acquired(...observer))
      .when(acquire(...legal))
      .then(acquired(...legal)));
  it('needs an organization that is registered', () =>
    given()
      .when(acquire(...observer))
      .thenRefused('unknown-reference'));
});
