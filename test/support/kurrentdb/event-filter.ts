// Filters that the server applies to $all.
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { RecordedEvent } from './transaction-log.js';

type EventFilter = (event: RecordedEvent) => boolean;

/**
 * A regular expression is matched as JavaScript's; the server uses those of .NET. Prefixes are compared by code unit; the
 * server compares by its culture, which may ignore invisible characters (a soft hyphen).
 */
export function createEventFilter(filter: streams.ReadReq.Options.FilterOptions | undefined): EventFilter {
  const expression = filter?.getStreamIdentifier() ?? filter?.getEventType();
  if (filter === undefined || expression === undefined) return () => true;
  const subject = filter.hasStreamIdentifier()
    ? ({ stream }: RecordedEvent) => stream
    : ({ type }: RecordedEvent) => type;
  const regex = expression.getRegex();
  if (regex !== '') {
    const pattern = new RegExp(regex);
    return (event) => pattern.test(subject(event));
  }
  const prefixes = expression.getPrefixList();
  return (event) => prefixes.some((prefix) => subject(event).startsWith(prefix));
}
