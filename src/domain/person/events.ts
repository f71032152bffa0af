// People and the offices that they hold. Names and shapes are stored forever: version with care.
import type { EventOf } from '../../eventsourcing/message.js';
import type { CitationFields, LocalizedNames } from '../citation.js';

export type PersonRegistered = EventOf<
  'PersonRegistered',
  CitationFields & {
    person: string;
    name: string;
    names?: LocalizedNames;
    /** Value by scheme. */
    identifiers?: { readonly [scheme: string]: string };
  }
>;
/** `office` is its title; `effective` is EDTF. */
type OfficeData = CitationFields & {
  person: string;
  office: string;
  organization: string;
  effective: string;
};
export type OfficeAssumed = EventOf<'OfficeAssumed', OfficeData>;
export type OfficeLeft = EventOf<'OfficeLeft', OfficeData>;
export type OfficeEvent = OfficeAssumed | OfficeLeft;
export type PersonEvent = PersonRegistered | OfficeEvent;
