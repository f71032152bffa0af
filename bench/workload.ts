// What is recorded: facts of about 500 bytes, one command for all rows that write.
import { randomBytes, randomUUID } from 'node:crypto';
import type { JsonObject, Metadata } from '../src/eventsourcing/message.js';
import { canonicalJson } from '../src/ledger/canonical-json.js';
import type { NewEvent } from '../src/ledger/sequencer.js';

type Workload = {
  readonly command: string;
  readonly event: string;
  /** Fields that no other command of this book has had; `id` fits where an id can stand. */
  readonly data: (id: string) => JsonObject;
};

export const workload: Workload = {
  command: 'register-source',
  event: 'SourceRegistered',
  data: (id) => ({
    source: id,
    title: `Report of the working group on the agenda of the session, document ${id}`,
    publisher: 'Secretariat of the Organization, Department of Conference Services',
    published: '2011-05-31',
    url: `https://documents.example.org/archive/2011/05/31/${id}.pdf`,
    language: 'en',
    note:
      'Entered from the printed volume. The page numbers of the volume differ from those of the scan, whose first ' +
      'four leaves are missing; citations follow the volume.',
  }),
};

/** An event as the command handler would hand it to the sequencer. */
export function newEvent(type: string, command: string, data: JsonObject): NewEvent {
  const metadata: Metadata = {
    actor: 'admin',
    command,
    correlationId: randomUUID(),
    salt: randomBytes(16).toString('hex'),
  };
  return {
    id: randomUUID(),
    type,
    data: canonicalJson(data),
    metadata: canonicalJson(metadata),
    requestKey: null,
  };
}
