// Earlier shapes of events. Stored events keep their shape; readers get the newest one, to which small pure functions
// (upcasters) lift it, each from one version to the next.
import { ApplicationError } from '../errors/application-error.js';
import { AMENDMENT_TYPES, resolveFactReference } from './amendments.js';
import type { RecordedEvent } from './message.js';
import type { JsonObject } from '../json/json.js';

type Upcaster = (data: JsonObject) => JsonObject;
/** By every known event type: the first lifts version 1 to version 2, the last to the newest; none if there is one version. */
export type Upcasters = { readonly [type: string]: readonly Upcaster[] };

/** The upcasters of each type of an aggregate's events. */
export type Shapes<E extends { readonly type: string }> = {
  readonly [Type in E['type']]: readonly Upcaster[];
};

/** For a type whose optional fields became fewer or more: every older event has the new shape already. */
export const keepShape: Upcaster = (data) => data;

/** An event of a type, or in a version, that only a later release can have written. */
export class UnsupportedEventVersionError extends ApplicationError {
  readonly code = 'later-release';
}

/** The type of the data that an event holds: its own, or that of the event `depth` corrections down. */
type UpcastTarget = { readonly type: string; readonly depth: number };

function findUpcastTarget(event: RecordedEvent, before: readonly RecordedEvent[]): UpcastTarget | undefined {
  if (event.type !== 'FactCorrected') return { type: event.type, depth: 0 };
  const revision = resolveFactReference(event.data['fact'] as string, before);
  if (revision === undefined || revision >= event.revision) return undefined;
  // Usually these are the whole stream, and then the index is the revision.
  const corrected =
    before[revision]?.revision === revision
      ? before[revision]
      : before.find((earlier) => earlier.revision === revision);
  const subject = corrected && findUpcastTarget(corrected, before);
  return subject && { type: subject.type, depth: subject.depth + 1 };
}

const getUpcasters = (type: string, upcasters: Upcasters): readonly Upcaster[] =>
  Object.hasOwn(upcasters, type) ? (upcasters[type] ?? []) : [];

/** The version of the shape in which an event is recorded today. `before` as for `upcast`. */
export function getNewestVersion(
  event: RecordedEvent,
  upcasters: Upcasters,
  before: readonly RecordedEvent[],
): number {
  const subject = findUpcastTarget(event, before);
  return subject ? getUpcasters(subject.type, upcasters).length + 1 : 1;
}

/**
 * The event in its newest version. `before` are earlier events of its stream: a correction holds data of the type of the
 * one that it amends in the end, and is left as it is if that one is missing. Throws UnsupportedEventVersionError.
 */
export function upcast(
  event: RecordedEvent,
  upcasters: Upcasters,
  before: readonly RecordedEvent[],
): RecordedEvent {
  const subject = findUpcastTarget(event, before);
  if (!subject) return event;
  if (!Object.hasOwn(upcasters, subject.type) && !AMENDMENT_TYPES.has(subject.type))
    throw new UnsupportedEventVersionError(
      `${event.stream}@${event.revision} is of the type ${subject.type}, which this release does not know: run a later one.`,
    );
  const shapes = getUpcasters(subject.type, upcasters);
  const newest = shapes.length + 1;
  const { version = 1 } = event.metadata;
  if (version === newest) return event;
  if (version > newest)
    throw new UnsupportedEventVersionError(
      `${event.stream}@${event.revision} gives ${subject.type} in shape ${version}, and this release knows ${newest === 1 ? 'the first' : `the first ${newest}`}: run a later one.`,
    );
  const lift: Upcaster = (data) => shapes.slice(version - 1).reduce((lifted, next) => next(lifted), data);
  return {
    ...event,
    data: transformNestedData(event.data, subject.depth, lift),
    metadata: { ...event.metadata, version: newest },
  };
}

/** The data of a correction with its innermost replacement, `depth` corrections down, changed. */
const transformNestedData = (data: JsonObject, depth: number, change: Upcaster): JsonObject =>
  depth === 0
    ? change(data)
    : { ...data, with: transformNestedData(data['with'] as JsonObject, depth - 1, change) };
