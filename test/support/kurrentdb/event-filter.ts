// Filters that the server applies to $all.
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { RecordedEvent } from './transaction-log.js';

type EventFilter = (event: RecordedEvent) => boolean;

/** Characters that have no weight in the comparison of a culture: a soft hyphen, a zero width space, control characters. */
const IGNORABLE_PATTERN = /[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;

/** As `StartsWith` of .NET without a StringComparison: it ignores characters without weight on both sides. */
const startsWithByCulture = (text: string, prefix: string): boolean =>
  text.replace(IGNORABLE_PATTERN, '').startsWith(prefix.replace(IGNORABLE_PATTERN, ''));

/** A regular expression is matched as JavaScript's; the server uses those of .NET. Prefixes are compared by culture. */
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
  return (event) => prefixes.some((prefix) => startsWithByCulture(subject(event), prefix));
}
