// What was decided.
import type { DataOf } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import { checkIsNew, type EventRules, refersToItem, setPart } from './event-rule.js';
import type { DecisionTaken } from './events.js';

export const decisionRules: EventRules<DecisionTaken> = {
  DecisionTaken: {
    availability: 'once-opened',
    listReferences: ({ agendaItem }) => [refersToItem(agendaItem)],
    check: (data, state) => checkIsNew(data.decision, data.meeting, 'decision', state) ?? checkBallots(data),
    listChanges: ({ decision }) => [setPart('decision', decision, true)],
  },
};

/** Contradictions between ballots and tally are recorded, since sources contradict themselves; nobody votes twice. */
function checkBallots({ decision, ballots = [] }: DataOf<DecisionTaken>): Refusal | undefined {
  const voters = new Set<string>();
  for (const [index, { voter }] of ballots.entries()) {
    if (voters.has(voter))
      return refuse(
        'duplicate-voter',
        `"${voter}" would have two ballots in the decision "${decision}".`,
        `/ballots/${index}/voter`,
      );
    voters.add(voter);
  }
  return undefined;
}
