import type { NoteVerifierKey } from '../ledger/checkpoints/signed-note.js';
import type { OidcSettings } from '../auth/access-token-verifier.js';
import type { KurrentDbSettings } from '../ledger/kurrentdb/client/connection-string.js';

export type OpenNodeOptions = {
  readonly dataDirectory: string;
  /** The cluster that orders the events; undefined for an embedded ledger. */
  readonly cluster?: KurrentDbSettings | undefined;
  /** See Configuration; by default there is no limit. */
  readonly keysTrustMs?: number | undefined;
  /** The issuer whose access tokens are accepted; by default there is none. */
  readonly oidc?: OidcSettings | undefined;
  readonly checkpointKeyFile?: string | undefined;
  /** For a node of a cluster that does not sign. */
  readonly checkpointKey?: NoteVerifierKey | undefined;
  readonly checkpointName?: string | undefined;
  /** See Configuration. */
  readonly continuesBehindHead?: boolean;
  /** Called with a sentence when the process must end, because the node cannot know what is on disk. */
  readonly onFatal: (sentence: string) => void;
  readonly warn: (sentence: string) => void;
};
