// The form of an event in KurrentDB. It is stored forever: a new shape is read beside the old one.
//
// Stream `<prefix>/<stream>`, the event's own id and type, its data as JSON, and the custom metadata
// `{ "metadata": <the event's>, "recordedAt": "<the time of the node that appended it>" }`. A node makes the JSON that it
// reads canonical again (RFC 8785), so its spelling in the cluster does not matter.
import { type JSONEventData, jsonEvent, type RecordedEvent, type ResolvedEvent } from '@eventstore/db-client';
import { isRecordedTime } from '../../recorded-time.js';
import { isObject } from '../../../json/is-object.js';
import { canonicalJson } from '../../../json/canonical-json.js';
import type { JsonObject } from '../../../json/json.js';
import { type LoggedEvent, BrokenLogError } from '../../cluster-log.js';
import type { NewEvent } from '../../sequencer.js';
import { parseRequestKey } from '../../sqlite/entry-row.js';

/** An event in the form in which the driver appends it. */
export type SerializedEvent = JSONEventData;

/** An event of a stream that the nodes share beside the ledger. */
export type ClusterStateEvent = {
  /** UUID. The same id again is the same event. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
};

export const serializeEvent = ({ id, type, data, metadata }: NewEvent, recordedAt: string): SerializedEvent =>
  jsonEvent({
    id,
    type,
    data: JSON.parse(data) as JsonObject,
    metadata: { metadata: JSON.parse(metadata) as JsonObject, recordedAt },
  });

export const serializeClusterStateEvent = (event: ClusterStateEvent): SerializedEvent => jsonEvent(event);

/** The data of an event; an empty object if it is no JSON object, because another client may have written it. */
export const getDataOrEmpty = ({ data }: Pick<RecordedEvent, 'data'>): JsonObject =>
  isObject(data) ? data : {};

/**
 * Characters that a leaf contains without escaping: visible ASCII except for the quote and the backslash. Stream names
 * and event types consist of them. This pattern decides which events are numbered, on every node and for ever.
 */
const PRINTABLE_ASCII_PATTERN = /^[!#-[\]-~]+$/;
/** One more than the largest integer of SQLite. */
const POSITION_LIMIT = 2n ** 63n;

/** The ledger's name of a stream of the cluster; undefined if it cannot be a stream of the ledger with this prefix. */
function toLedgerStreamName(streamId: string, prefix: string): string | undefined {
  const stream = streamId.slice(prefix.length + 1);
  return streamId.startsWith(`${prefix}/`) && PRINTABLE_ASCII_PATTERN.test(stream) ? stream : undefined;
}

/**
 * The event as the ledger records it; undefined if its stream is none of the ledger. Everybody who may write to any
 * stream can make a server deliver such an event: its filter compares names by its culture, which ignores invisible
 * characters (a soft hyphen), so this comparison by code units decides, and decides the same on every node.
 *
 * Throws BrokenLogError if the event is in a stream that the ledger may have, but is not one of a ledger.
 */
export function parseLoggedEvent({ event }: ResolvedEvent, prefix: string): LoggedEvent | undefined {
  // The driver omits it only for links, which are neither requested nor resolved.
  const stream = event && toLedgerStreamName(event.streamId, prefix);
  return event && stream !== undefined ? parseOwnEvent(event, stream) : undefined;
}

function parseOwnEvent(event: RecordedEvent, stream: string): LoggedEvent {
  const { id, type, streamId, data } = event;
  const revision = Number(event.revision);
  const createError = (what: string): BrokenLogError =>
    new BrokenLogError(
      `The cluster's log has ${what} at ${streamId}@${revision}, where only Minutebook may write: choose another LEDGER_PREFIX, or restore the log from a copy.`,
    );
  if (type.startsWith('$')) throw createError(`an event of the cluster's own type ${type}`);
  if (!PRINTABLE_ASCII_PATTERN.test(type)) throw createError('an event type that Minutebook does not write');
  if (!event.isJson || !isObject(data)) throw createError('an event that is not a JSON object');
  const { metadata, recordedAt } = isObject(event.metadata) ? event.metadata : {};
  const hasOwnMetadata = isObject(metadata) && typeof recordedAt === 'string' && isRecordedTime(recordedAt);
  if (!hasOwnMetadata || Object.keys(event.metadata as object).length !== 2)
    throw createError('metadata that Minutebook does not write');
  const { position } = event;
  if (!position || position.commit >= POSITION_LIMIT || position.prepare >= POSITION_LIMIT)
    throw createError('an event without a position');
  try {
    const canonicalMetadata = canonicalJson(metadata);
    return {
      id,
      type,
      stream,
      revision,
      data: canonicalJson(data),
      metadata: canonicalMetadata,
      requestKey: parseRequestKey(canonicalMetadata),
      stampedAt: recordedAt,
      position,
    };
  } catch {
    throw createError('a text that is not well-formed Unicode');
  }
}
