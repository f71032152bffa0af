import { correct } from '../../support/amendment-fixtures.js';
import {
  decisionTaken,
  getFactReference,
  given,
  opened,
  recordDecision,
  scheduled,
} from '../../support/meeting-fixtures.js';

const toBallots = (...choices: readonly [voter: string, choice: string][]) => ({
  by: 'vote',
  ballots: choices.map(([voter, choice]) => ({ voter, choice })),
});

describe('the ballots of a decision', () => {
  const begun = given(scheduled(), opened());
  it('are refused if a voter is among them twice, with the same choice or another one', () => {
    begun
      .when(recordDecision('1', toBallots(['syria', 'against'], ['lebanon', 'for'], ['syria', 'for'])))
      .thenRefused('duplicate-voter');
    begun
      .when(recordDecision('1', toBallots(['syria', 'for'], ['syria', 'for'])))
      .thenRefused('duplicate-voter');
  });
  it('may contradict the tally and the way of the decision, since sources do', () => {
    const words = {
      ...toBallots(['syria', 'against']),
      by: 'consensus',
      tally: { for: 1, against: 0, abstain: 0 },
    };
    begun.when(recordDecision('1', words)).then(decisionTaken('1', words));
  });
  it('may have an organization and a person of the same id', () => {
    const words = toBallots(['syria', 'for'], ['person:syria', 'against']);
    begun.when(recordDecision('1', words)).then(decisionTaken('1', words));
  });
  it('may be corrected where an older record has a voter twice', () => {
    const twice = toBallots(['syria', 'for'], ['syria', 'for']);
    given(scheduled(), opened(), decisionTaken('1', twice))
      .when(correct(getFactReference(2), decisionTaken('1', { ...twice, title: 'Other' }).data))
      .thenStands(scheduled(), opened(), decisionTaken('1', { ...twice, title: 'Other' }));
    given(scheduled(), opened(), decisionTaken('1'))
      .when(correct(getFactReference(2), decisionTaken('1', twice).data))
      .thenRefused('illegal-correction');
  });
});
