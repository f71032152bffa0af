import type { Citation, Fact } from '../../src/eventsourcing/amendments.js';

/** A competing claim beside a fact that stands. `entry` is that of the claim. */
export type Dispute = {
  readonly entry: number;
  readonly claim: string;
  readonly sources: readonly Citation[];
};

/** What is claimed against a fact, or against the correction whose words it has; null if nothing is. */
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

/** The members of an answer that mark it as disputed; none if it is not. */
export const toDisputeFields = (...claims: (readonly Dispute[] | null)[]) => {
  const disputes = claims.flatMap((each) => each ?? []);
  return disputes.length === 0 ? {} : { disputed: true, disputes };
};
