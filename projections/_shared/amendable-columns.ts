// The last columns of a row that shows one event, and the members of an item that follow from them.
import type { Fact } from '../../src/eventsourcing/amendments.js';
import { nullableJson, type RowOfColumns } from '../../src/read-models/declaration/table.js';
import { type Correction, getCorrection, toCorrectionFields } from './corrections.js';
import { type Dispute, getDisputes, toDisputeFields } from './disputes.js';

export const AMENDABLE_COLUMNS = {
  /** The entry that recorded the event first, which orders a record. */
  entry: 'integer',
  correction: nullableJson<Correction>(),
  disputes: nullableJson<readonly Dispute[]>(),
} as const;

export const toAmendableColumns = (fact: Fact) => ({
  entry: fact.entry,
  correction: getCorrection(fact),
  disputes: getDisputes(fact),
});

export const toAmendableFields = ({
  entry,
  correction,
  disputes,
}: RowOfColumns<typeof AMENDABLE_COLUMNS>) => ({
  entry,
  ...toCorrectionFields(correction),
  ...toDisputeFields(disputes),
});
