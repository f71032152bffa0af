// People and the offices that they hold. Names and shapes are stored forever: version with care.
import type { EventOf } from '../../eventsourcing/message.js';
import type { Cited, Names } from '../citation.js';

export type PersonRegistered = EventOf<
  'PersonRegistered',
  Cited & {
    person: string;
    name: string;
    names?: Names;
    /** Value by scheme. */
    identifiers?: { readonly [scheme: string]: string };
  }
>;
/** `office` is its title; `effective` is EDTF. */
type Tenure = Cited & { person: string; office: string; organization: string; effective: string };
export type OfficeAssumed = EventOf<'OfficeAssumed', Tenure>;
export type OfficeLeft = EventOf<'OfficeLeft', Tenure>;
export type OfficeEvent = OfficeAssumed | OfficeLeft;
export type PersonEvent = PersonRegistered | OfficeEvent;
