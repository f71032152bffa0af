// A minimal set of membership rules for tests of the timeline.
import { parseBounds, type DateBounds } from '../../../src/dates/edtf.js';
import type { TimelineRules } from '../../../src/dates/timeline.js';

export type Kind = 'joined' | 'ended' | 'suspended' | 'resumed';
export type Fact = { readonly kind: Kind; readonly when: DateBounds; readonly text: string };
export type State = 'out' | 'in' | 'suspended';
export type RuleViolation = {
  readonly code: 'already-member' | 'not-a-member' | 'already-suspended' | 'not-suspended';
};

const TRANSITIONS: Record<State, Record<Kind, State | RuleViolation>> = {
  out: {
    joined: 'in',
    ended: { code: 'not-a-member' },
    suspended: { code: 'not-a-member' },
    resumed: { code: 'not-a-member' },
  },
  in: {
    joined: { code: 'already-member' },
    ended: 'out',
    suspended: 'suspended',
    resumed: { code: 'not-suspended' },
  },
  suspended: {
    joined: { code: 'already-member' },
    ended: 'out',
    suspended: { code: 'already-suspended' },
    resumed: 'in',
  },
};

export const membershipRules: TimelineRules<Fact, State, RuleViolation> = {
  getBounds: ({ when }) => when,
  getKind: ({ kind }) => kind,
  initialState: 'out',
  step: (state, { kind }) => TRANSITIONS[state][kind],
};

/** Parses text such as `joined 1992-05-15`. */
export const parseFact = (text: string): Fact => {
  const [kind, edtf = ''] = text.split(' ');
  return { kind: kind as Kind, when: parseBounds(edtf), text };
};
