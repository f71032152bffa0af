import type { Citation } from '../eventsourcing/amendments.js';

/** What every fact may carry beside its own fields. */
export type CitationFields = { readonly sources?: readonly Citation[]; readonly note?: string };

/** A treaty, a resolution. `signed` and `inForce` are EDTF. */
export type Instrument = {
  readonly title: string;
  readonly symbol?: string;
  readonly signed?: string;
  readonly inForce?: string;
  readonly url?: string;
};

/** Texts by BCP 47 language tag. */
export type LocalizedNames = { readonly [language: string]: string };
