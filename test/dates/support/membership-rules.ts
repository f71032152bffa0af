// Specimens: what may follow what in a membership, in as few words as the timeline needs.
import { bounds, type Bounds } from '../../../src/dates/edtf.js';
import type { Rules } from '../../../src/dates/timeline.js';

export type Kind = 'joined' | 'ended' | 'suspended' | 'resumed';
export type Fact = { readonly kind: Kind; readonly when: Bounds; readonly words: string };
export type State = 'out' | 'in' | 'suspended';
export type Broken = {
  readonly code: 'already-member' | 'not-a-member' | 'already-suspended' | 'not-suspended';
};

const NEXT: Record<State, Record<Kind, State | Broken>> = {
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

export const membership: Rules<Fact, State, Broken> = {
  when: ({ when }) => when,
  kind: ({ kind }) => kind,
  initial: 'out',
  step: (state, { kind }) => NEXT[state][kind],
};

/** `joined 1992-05-15` and so on. */
export const fact = (words: string): Fact => {
  const [kind, edtf = ''] = words.split(' ');
  return { kind: kind as Kind, when: bounds(edtf), words };
};
