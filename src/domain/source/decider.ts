// The rules of a source: it is registered once. Pure: no clock, no identifiers, no I/O, no framework.
import type { Decider } from '../../eventsourcing/decider.js';
import type { CommandOf, DataOf } from '../../eventsourcing/message.js';
import { refuse } from '../../eventsourcing/refusal.js';
import type { SourceEvent, SourceRegistered } from './events.js';

export type SourceCommand = CommandOf<'register-source', DataOf<SourceRegistered>>;

type Source = { readonly registered: boolean };

export const sourceDecider: Decider<SourceCommand, SourceEvent, Source> = {
  initialState: { registered: false },

  decide({ data }, { registered }) {
    if (registered)
      return refuse('id-taken', `The source "${data.source}" is registered already, with other words.`);
    return [{ type: 'SourceRegistered', data }];
  },

  evolve: () => ({ registered: true }),
};
