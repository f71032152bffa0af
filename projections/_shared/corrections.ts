import type { Fact } from '../../src/eventsourcing/amendments.js';
import type { JsonObject } from '../../src/json/json.js';

/** The correction of an event: since which entry, why, and the data that was recorded first. */
export type Correction = {
  readonly entry: number;
  readonly reason: string;
  readonly requestedBy?: string;
  readonly checkedAgainst?: string;
  readonly original: JsonObject;
};

/** The correction of an event that is in effect; null if there is none. */
export function getCorrection({ correction, original }: Fact): Correction | null {
  if (!correction || !original) return null;
  const { reason, requestedBy, checkedAgainst } = correction.data;
  return {
    entry: correction.effectiveEntry,
    reason,
    ...(requestedBy !== undefined && { requestedBy }),
    ...(checkedAgainst !== undefined && { checkedAgainst }),
    original,
  };
}

/** The members of an item that mark it as corrected; none if it is not. */
export const toCorrectionFields = (correction: Correction | null) =>
  correction ? { corrected: true, correction } : {};
