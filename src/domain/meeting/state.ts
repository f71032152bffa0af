// What later decisions need of a meeting. Pure.
import { Map } from 'immutable';
import type { Json } from '../../json/json.js';
import type { MeetingLifecycle } from './lifecycle.js';
import type { MeetingLinks } from './meeting-order.js';

/** What is kept of things under ids of their own, by kind: no more than a later decision needs. */
export type PartValues = {
  item: true;
  /** What the agenda item was added with, as canonical JSON. */
  itemData: string;
  withdrawnItem: true;
  /** `unsaid`: without a presence, which counts as having attended. */
  participant: 'regrets' | 'attended' | 'unsaid';
  statement: true;
  report: true;
  decision: true;
};
export type PartKind = keyof PartValues;

/** Persistent collections, since a record may have thousands of entries. */
export type Meeting = {
  readonly lifecycle?: MeetingLifecycle;
  readonly links: MeetingLinks;
  readonly hasApprovedMinutes: boolean;
  /** By `<kind> <id>`. */
  readonly parts: Map<string, Json>;
};

export const INITIAL_MEETING: Meeting = { links: {}, hasApprovedMinutes: false, parts: Map() };

export const formatPartName = (kind: PartKind, id: string): string => `${kind} ${id}`;

/** What is kept of a thing of the meeting; undefined if it has none with this id. */
export const getPart = <K extends PartKind>(
  { parts }: Meeting,
  kind: K,
  id: string,
): PartValues[K] | undefined => parts.get(formatPartName(kind, id)) as PartValues[K] | undefined;

export const hasPart = ({ parts }: Meeting, kind: PartKind, id: string): boolean =>
  parts.has(formatPartName(kind, id));
