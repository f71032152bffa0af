import type { Fact } from '../../src/eventsourcing/amendments.js';
import type { JsonObject } from '../../src/json/json.js';

/** That a fact has other words than it was recorded with: since which entry, why, and what they were. */
export type Correction = {
  readonly entry: number;
  readonly reason: string;
  readonly requestedBy?: string;
  readonly checkedAgainst?: string;
  readonly original: JsonObject;
};

/** The standing correction of a fact; null if it stands as it was recorded. */
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

/** The members of an answer that mark it as corrected; none if it is not. */
export const toCorrectionFields = (correction: Correction | null) =>
  correction ? { corrected: true, correction } : {};
