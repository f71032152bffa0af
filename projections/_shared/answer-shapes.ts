// Shapes that the answers of several read models have in common.
import {
  boolean,
  entryNumber,
  eventData,
  inTable,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optionalMember,
  calendarDay,
  dictionary,
  type Shape,
  text,
} from '../../src/read-models/declaration/shape.js';

export const dateShape = inTable(
  object(
    {
      edtf: text('As it was recorded: EDTF, or an instant (RFC 3339).'),
      earliest: nullable(calendarDay('The first day that it can mean; null if that is unbounded.')),
      latest: nullable(calendarDay('The last day that it can mean; null if that is unbounded.')),
    },
    'DateWithBounds',
  ),
  'date',
);

/** A name as it is shown; null where none is recorded. */
export const nameShape = nullable(text('In the first of the requested languages in which there is one.'));
export const namesShape = dictionary(text(), 'Names by BCP 47 language tag.');
export const identifiersShape = dictionary(text(), 'Identifiers by scheme.');
export const certaintyShape = oneOf(
  ['certain', 'possible'],
  'Whether it holds on the day whatever its imprecise dates mean.',
);
export const entriesShape = list(entryNumber(), 'The entries that it follows from.');

const citationShape = object({ source: text(), locator: optionalMember(text()) }, 'Citation');

/** What was claimed or corrected is in the item alone; a table shows whether there is something. */
const detail = <T>(shape: Shape<T>): Shape<T> => inTable(shape, undefined);

export const disputeMembers = {
  disputed: optionalMember(boolean('True if others claim something else; missing otherwise.')),
  disputes: optionalMember(
    detail(
      list(
        object(
          {
            entry: entryNumber(),
            claim: text(),
            sources: list(citationShape),
            more: optionalMember(
              integer(
                'On the last one listed: how many more there are, which `/audit/trail/{stream}` lists.',
              ),
            ),
          },
          'Dispute',
        ),
        'The competing claims, oldest first: at most 100, and at most 65536 characters beside the first one.',
      ),
    ),
  ),
};

/** Of an item that shows one event. */
export const amendableMembers = {
  entry: entryNumber('The entry that recorded it first.'),
  corrected: optionalMember(boolean('True if a correction is in effect; missing otherwise.')),
  correction: optionalMember(
    detail(
      object(
        {
          entry: entryNumber(),
          reason: text(),
          requestedBy: optionalMember(text()),
          checkedAgainst: optionalMember(text()),
          /** As recorded first. */
          original: eventData,
        },
        'Correction',
      ),
    ),
  ),
  ...disputeMembers,
};

export const instrumentShape = object(
  {
    title: text(),
    symbol: optionalMember(text()),
    signed: optionalMember(text('EDTF.')),
    inForce: optionalMember(text('EDTF.')),
    url: optionalMember(text()),
  },
  'Instrument',
);
