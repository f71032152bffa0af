// Who may sit in. Names and shapes are stored forever: version with care.
import type { EventOf } from '../../eventsourcing/message.js';
import type { CitationFields, Instrument } from '../citation.js';

export const OBSERVER_KINDS = ['observer', 'partner', 'associate'] as const;
export const OBSERVER_END_REASONS = ['revoked', 'lapsed', 'renounced', 'became-member', 'other'] as const;

/** `observer` is an organization's id, or `person:<id>`. `effective` is EDTF. */
type ObservershipData = CitationFields & { organization: string; observer: string; effective: string };

export type ObserverStatusGranted = EventOf<
  'ObserverStatusGranted',
  ObservershipData & {
    kind: (typeof OBSERVER_KINDS)[number];
    /** An organization. */
    grantedBy?: string;
    instrument?: Instrument;
  }
>;
export type ObserverStatusEnded = EventOf<
  'ObserverStatusEnded',
  ObservershipData & { reason: (typeof OBSERVER_END_REASONS)[number] }
>;
export type ObservershipEvent = ObserverStatusGranted | ObserverStatusEnded;
