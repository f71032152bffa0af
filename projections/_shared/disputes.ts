import type { Citation, Fact } from '../../src/eventsourcing/amendments.js';

/** So many claims are kept in a row and shown in an item, and so many characters of them; always the first one. */
const DISPUTES_MAX = 100;
const DISPUTES_LENGTH_MAX = 64 * 1024;

/** A competing claim about an event that is in effect. `entry` is that of the claim. */
export type Dispute = {
  readonly entry: number;
  readonly claim: string;
  readonly sources: readonly Citation[];
  /** Of the last claim that is kept: how many more there are. */
  readonly more?: number;
};

/** The first of these claims: nobody's claims make the rows and pages of a fact grow without limit. */
export function limitDisputes(claims: readonly Dispute[]): readonly Dispute[] {
  let length = 0;
  const end = claims.findIndex((claim, index) => {
    length += JSON.stringify(claim).length;
    return index > 0 && (index >= DISPUTES_MAX || length > DISPUTES_LENGTH_MAX);
  });
  const kept = claims.slice(0, end === -1 ? claims.length : end).map(({ more: _, ...claim }) => claim);
  const more = claims.length - kept.length + claims.reduce((sum, claim) => sum + (claim.more ?? 0), 0);
  const last = kept.at(-1);
  return last && more > 0 ? [...kept.slice(0, -1), { ...last, more }] : kept;
}

/** The claims against an event, or against the correction of it that is in effect; null if there are none. */
export function getDisputes({ disputes, correction }: Fact): readonly Dispute[] | null {
  const claims = [...disputes, ...(correction?.disputes ?? [])];
  return claims.length === 0
    ? null
    : limitDisputes(
        claims.map(({ effectiveEntry, data }) => ({
          entry: effectiveEntry,
          claim: data.claim,
          sources: data.sources ?? [],
        })),
      );
}

/** The members of an item that mark it as disputed; none if it is not. */
export const toDisputeFields = (...claims: (readonly Dispute[] | null)[]) => {
  const disputes = limitDisputes(claims.flatMap((each) => each ?? []));
  return disputes.length === 0 ? {} : { disputed: true, disputes };
};
