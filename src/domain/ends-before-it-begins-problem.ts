import type { ProblemExplanation } from '../eventsourcing/refusal.js';

/** The problem of dates of one record that cannot all be true. */
export const ENDS_BEFORE_IT_BEGINS_PROBLEM: ProblemExplanation = {
  title: 'Ends before it begins',
  meaning:
    'An adjournment or the closing would be before the opening, a resumption before the adjournment, the circulation or approval of minutes before the meeting, or a dissolution before the founding, whatever the dates mean.',
  remedy: 'Check both dates. If the earlier event has the wrong one, correct it first (correct-fact).',
};
