import type { CanonicalText } from '../../json/canonical-json.js';
import type { Json } from '../../json/json.js';

type LedgerAnswerOptions = {
  /** The body, as a value or as its text. */
  readonly value: Json | CanonicalText;
  /** The answer is the state as of this entry. */
  readonly entry: number;
  /** The relative address of the next page. */
  readonly next?: string | null;
  /** Whether this address always gets the same answer. */
  readonly immutable?: boolean;
  /** How many streams the answer leaves out, in part or whole, counted in each read model that it is made of. */
  readonly degraded?: number;
};

/** What a controller returns about the ledger; LedgerAnswerInterceptor sends it. */
export class LedgerAnswer {
  readonly value: Json | CanonicalText;
  readonly entry: number;
  readonly next: string | null;
  readonly immutable: boolean;
  readonly degraded: number;

  constructor({ value, entry, next = null, immutable = false, degraded = 0 }: LedgerAnswerOptions) {
    this.value = value;
    this.entry = entry;
    this.next = next;
    this.immutable = immutable;
    this.degraded = degraded;
  }
}
