import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import type { Append, NewEvent } from '../../../src/ledger/sequencer.js';

export const createEvent = (words: string, requestKey: string | null = null): NewEvent => ({
  id: randomUUID(),
  type: 'Said',
  data: canonicalJson({ words }),
  metadata: canonicalJson({
    actor: 'clerk',
    ...(requestKey !== null && { request: { body: '00', key: requestKey } }),
  }),
  requestKey,
});

/** An append of one event per text. */
export const createAppend = (
  stream: string,
  expectedRevision: number,
  words: readonly string[] = ['something'],
  more: Partial<Append> = {},
): Append => ({
  stream,
  expectedRevision,
  events: words.map((each) => createEvent(each)),
  requires: [],
  ...more,
});
