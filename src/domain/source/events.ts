// Where a fact was read. Names and shapes are stored forever: version with care.
import type { EventOf } from '../../eventsourcing/message.js';
import type { CitationFields } from '../citation.js';

export type SourceRegistered = EventOf<
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
