// What may follow what in a membership, in valid time. The decider judges by it, read models order by it.
import { parseBounds } from '../../dates/edtf.js';
import { arrangeFacts, type TimelineRules } from '../../dates/timeline.js';
import { refuse, type Refusal } from '../../eventsourcing/refusal.js';
import { refuseTooImprecise } from '../alternating-timeline.js';
import type {
  MemberJoined,
  MembershipEnded,
  MembershipEvent,
  ParticipationResumed,
  ParticipationSuspended,
} from './events.js';

type MembershipStatus = 'outside' | 'active' | 'suspended';

/** Standing before -> fact -> standing after, or the code of the rule that it breaks. An end closes a suspension. */
const TRANSITIONS: {
  readonly [S in MembershipStatus]: {
    readonly [T in MembershipEvent['type']]: MembershipStatus | { code: string };
  };
} = {
  outside: {
    MemberJoined: 'active',
    MembershipEnded: { code: 'not-a-member' },
    ParticipationSuspended: { code: 'not-a-member' },
    ParticipationResumed: { code: 'not-a-member' },
  },
  active: {
    MemberJoined: { code: 'already-member' },
    MembershipEnded: 'outside',
    ParticipationSuspended: 'suspended',
    ParticipationResumed: { code: 'not-suspended' },
  },
  suspended: {
    MemberJoined: { code: 'already-member' },
    MembershipEnded: 'outside',
    ParticipationSuspended: { code: 'already-suspended' },
    ParticipationResumed: 'active',
  },
};

const timelineRules: TimelineRules<MembershipEvent, MembershipStatus, { code: string }> = {
  getBounds: ({ data }) => parseBounds(data.effective),
  getKind: ({ type }) => type,
  initialState: 'outside',
  step: (standing, { type }) => TRANSITIONS[standing][type],
};

const REFUSAL_DETAILS: { readonly [code: string]: (fact: MembershipEvent['data']) => string } = {
  'already-member': ({ organization, member, effective }) =>
    `"${member}" would join "${organization}" in ${effective} while it is a member already.`,
  'not-a-member': ({ organization, member, effective }) =>
    `"${member}" is not a member of "${organization}" in ${effective}.`,
  'already-suspended': ({ organization, member, effective }) =>
    `The participation of "${member}" in "${organization}" would be suspended in ${effective} while it is so already.`,
  'not-suspended': ({ organization, member, effective }) =>
    `The participation of "${member}" in "${organization}" would be resumed in ${effective}, but is not suspended then.`,
};

/** Whether the facts, in record order, can have happened in some order that their dates allow. */
export function checkTimeline(facts: readonly MembershipEvent[]): Refusal | undefined {
  const arranged = arrangeFacts(facts, timelineRules);
  switch (arranged.outcome) {
    case 'arranged':
      return undefined;
    case 'broken':
      return refuse(arranged.rule.code, REFUSAL_DETAILS[arranged.rule.code]?.(arranged.fact.data) ?? '');
    case 'too-many':
      return refuseTooImprecise(facts.length);
  }
}

/** One stay of a member: from a joining to the end after it, if there is one. */
export type MembershipPeriod<F> = {
  readonly joined: F & MemberJoined;
  readonly ended?: F & MembershipEnded;
  readonly suspensions: readonly {
    readonly suspended: F & ParticipationSuspended;
    readonly resumed?: F & ParticipationResumed;
  }[];
};

/** The stays that a legal history tells, in the order of its timeline. */
export function listMembershipPeriods<F extends MembershipEvent>(
  facts: readonly F[],
): readonly MembershipPeriod<F>[] {
  const arranged = arrangeFacts(facts, timelineRules);
  if (arranged.outcome !== 'arranged') throw new RangeError('the facts of a membership have no legal order');
  type Open = { -readonly [K in keyof MembershipPeriod<F>]: MembershipPeriod<F>[K] };
  const stays: Open[] = [];
  for (const fact of arranged.facts as readonly (F & MembershipEvent)[]) {
    const stay = stays.at(-1);
    if (fact.type === 'MemberJoined') stays.push({ joined: fact, suspensions: [] });
    else if (!stay) continue;
    else if (fact.type === 'MembershipEnded') stay.ended = fact;
    else if (fact.type === 'ParticipationSuspended')
      stay.suspensions = [...stay.suspensions, { suspended: fact }];
    else {
      const last = stay.suspensions.at(-1);
      if (last) stay.suspensions = [...stay.suspensions.slice(0, -1), { ...last, resumed: fact }];
    }
  }
  return stays;
}
