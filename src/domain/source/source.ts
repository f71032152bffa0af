// A source: the document that facts were read in. Pure: no clock, no identifiers, no I/O, no framework.
import type { Decider } from '../../eventsourcing/decider.js';
import type { TypedCommand, DataOf, TypedEvent } from '../../eventsourcing/message.js';
import { refuse } from '../../eventsourcing/refusal.js';
import type { Shapes } from '../../eventsourcing/upcasters.js';
import type { CitationFields } from '../event-fields.js';

// These names and shapes are stored forever: version with care.
export type SourceRegistered = TypedEvent<
  'SourceRegistered',
  CitationFields & {
    source: string;
    title: string;
    publisher?: string;
    /** EDTF. */
    published?: string;
    url?: string;
    /** BCP 47. */
    language?: string;
    /** Of the document, hex. */
    sha256?: string;
  }
>;
export type SourceEvent = SourceRegistered;

/** Every event, with the functions that lift its older shapes; forever. */
export const sourceShapes: Shapes<SourceEvent> = {
  SourceRegistered: [],
};

type SourceCommand = TypedCommand<'register-source', DataOf<SourceRegistered>>;

type Source = { readonly isRegistered: boolean };

export const sourceDecider: Decider<SourceCommand, SourceEvent, Source> = {
  initialState: { isRegistered: false },

  decide({ data }, { isRegistered }) {
    if (isRegistered)
      return refuse('id-taken', `The source "${data.source}" is already registered with other data.`);
    return [{ type: 'SourceRegistered', data }];
  },

  evolve: () => ({ isRegistered: true }),
};
