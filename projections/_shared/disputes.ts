import type { Citation, Fact } from '../../src/eventsourcing/amendments.js';

/** A competing claim about an event that is in effect. `entry` is that of the claim. */
export type Dispute = {
  readonly entry: number;
  readonly claim: string;
  readonly sources: readonly Citation[];
};

/** The claims against an event, or against the correction of it that is in effect; null if there are none. */
export function getDisputes({ disputes, correction }: Fact): readonly Dispute[] | null {
  const claims = [...disputes, ...(correction?.disputes ?? [])];
  return claims.length === 0
    ? null
    : claims.map(({ effectiveEntry, data }) => ({
        entry: effectiveEntry,
        claim: data.claim,
        sources: data.sources ?? [],
      }));
}

/** The members of an item that mark it as disputed; none if it is not. */
export const toDisputeFields = (...claims: (readonly Dispute[] | null)[]) => {
  const disputes = claims.flatMap((each) => each ?? []);
  return disputes.length === 0 ? {} : { disputed: true, disputes };
};
