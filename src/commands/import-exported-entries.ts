// Imports a whole ledger from its export. Events of types that this release does not know are refused: they could not
// be read again.
import { aggregates } from '../domain/aggregates.js';
import { findCommandName } from '../eventsourcing/decide-amendment.js';
import type { Entry } from '../ledger/entry.js';
import { ImportRefusedError, type Sequencer } from '../ledger/sequencer.js';

/** Stores these entries in the empty ledger: all or none. Resolves to their number. Rejects as Sequencer.importEntries. */
export const importExportedEntries = (
  sequencer: Sequencer,
  pages: AsyncIterable<readonly Entry[]>,
  root: string | null,
): Promise<number> => sequencer.importEntries(rejectUnknownEntries(pages), root);

/** Throws ImportRefusedError after the entries before the first one of an unknown type. */
async function* rejectUnknownEntries(
  pages: AsyncIterable<readonly Entry[]>,
): AsyncGenerator<readonly Entry[]> {
  const categories = new Map(aggregates.map((aggregate) => [aggregate.category, aggregate]));
  const isKnown = ({ stream, type }: Entry): boolean => {
    const aggregate = categories.get(stream.slice(0, stream.indexOf('-')));
    return aggregate !== undefined && findCommandName(aggregate, type) !== undefined;
  };
  for await (const page of pages) {
    const unknown = page.find((entry) => !isKnown(entry));
    yield unknown ? page.slice(0, page.indexOf(unknown)) : page;
    if (unknown)
      throw new ImportRefusedError(
        'invalid-export',
        `Entry ${unknown.entry} is a ${unknown.type} in ${unknown.stream}, which this release does not know: import it into the release that wrote it.`,
        unknown.entry,
      );
  }
}
