// Ids of what events add inside their stream, such as the statements of a meeting. Clients may leave such an id out: it is
// given when the command is decided. Pure.
import type { JsonObject } from '../json/json.js';
import type { AnyAggregate, InnerId } from './aggregate.js';
import type { AnyEvent } from './message.js';
import { type Refusal, refuse } from './refusal.js';
import type { NumberedId, StreamIndex } from './stream-index.js';

/** How long an id may be, in characters. */
const ID_LENGTH_MAX = 100;
const NUMBERED_ID = /^([a-z]+)([0-9]+)$/;

/** The declaration of the id that events of this type have; undefined if they add nothing with an id. */
export const findInnerId = ({ innerIds }: AnyAggregate, eventType: string): InnerId | undefined =>
  innerIds?.[eventType];

/** The id of what an event adds inside its stream; undefined if it adds nothing with an id. */
export function getInnerId(aggregate: AnyAggregate, { type, data }: AnyEvent): string | undefined {
  const declared = findInnerId(aggregate, type);
  return declared && (data[declared.field] as string);
}

/** Prefix and number of an event's id, if given ids have that prefix, whatever the event adds. */
export function parseNumberedId(aggregate: AnyAggregate, event: AnyEvent): NumberedId | undefined {
  const [, prefix, digits] = NUMBERED_ID.exec(getInnerId(aggregate, event) ?? '') ?? [];
  if (prefix === undefined || digits === undefined) return undefined;
  const isGiven = Object.values(aggregate.innerIds ?? {}).some((declared) => declared?.prefix === prefix);
  return isGiven ? { prefix, number: BigInt(digits) } : undefined;
}

/**
 * The data of an event with its id: where it is left out, the lowest number above all that any form of any event of the
 * stream ever had with the prefix. Refused (`invalid-id`) if that id would be too long.
 */
export function giveInnerId(
  aggregate: AnyAggregate,
  eventType: string,
  data: JsonObject,
  { highestNumbers }: StreamIndex,
): JsonObject | Refusal {
  const declared = findInnerId(aggregate, eventType);
  if (declared?.prefix === undefined || data[declared.field] !== undefined) return data;
  const { field, prefix } = declared;
  const id = `${prefix}${highestNumbers.get(prefix, 0n) + 1n}`;
  return id.length <= ID_LENGTH_MAX
    ? { ...data, [field]: id }
    : refuse('invalid-id', `No id is left after ${prefix} and the highest number: choose one.`, `/${field}`);
}
