// What contradicts something else in the book. It is recorded, since sources contradict themselves and two streams cannot be
// judged as one, and shown where it is certain.
import { boolean, inTable, list, oneOf, optionalMember } from '../../src/read-models/declaration/shape.js';

const CONFLICT_CODES = [
  'not-a-member',
  'suspended',
  'no-voting-right',
  'tally-mismatch',
  'not-unanimous',
  'no-quorum',
  'circular',
  'retracted-reference',
  'approved-earlier',
  'predecessor-still-member',
  'before-founded',
  'organization-dissolved',
  'member-dissolved',
  'also-a-member',
] as const;
type ConflictCode = (typeof CONFLICT_CODES)[number];

export const conflictMembers = {
  conflict: optionalMember(boolean('True if events contradict each other; missing otherwise.')),
  conflicts: optionalMember(
    inTable(list(oneOf(CONFLICT_CODES), 'What contradicts what; missing if nothing does.'), 'ids'),
  ),
};

/** The members of an item that mark what contradicts it; none if nothing does. */
export const toConflictFields = (...codes: readonly (ConflictCode | false)[]) => {
  const conflicts = codes.filter((code) => code !== false);
  return conflicts.length === 0 ? {} : { conflict: true, conflicts };
};
