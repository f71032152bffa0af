// The recorded events: about 500 bytes each, of one command for all rows that write.
import { randomBytes, randomUUID } from 'node:crypto';
import type { EventMetadata } from '../src/eventsourcing/message.js';
import type { JsonObject } from '../src/json/json.js';
import { canonicalJson } from '../src/json/canonical-json.js';
import type { NewEvent } from '../src/ledger/sequencer.js';

type Workload = {
  readonly command: string;
  readonly event: string;
  readonly stream: string;
  /** Commands that must be recorded before. */
  readonly setup: readonly { readonly command: string; readonly data: JsonObject }[];
  /** The data of the command, with an unused id. */
  readonly data: (id: string) => JsonObject;
};

/** The meeting of every row that records statements. */
export const MEETING = 'm0';

const WORDS =
  'the council notes with appreciation report of working group on regional security and asks its chair to continue consultations with delegations about implementation monitoring budget treaty accession peacekeeping mandate'.split(
    ' ',
  );

/** About 300 characters that depend on `n` alone; one text in a thousand contains "observatory". */
const generateText = (n: number): string =>
  [
    ...Array.from({ length: 40 }, (_, index) => WORDS[(n * 7 + index * (1 + (n % 11))) % WORDS.length]),
    n % 1_000 === 0 ? 'observatory' : 'session',
  ].join(' ');

export const createStatementData = (meeting: string, id: string, n: number): JsonObject => ({
  meeting,
  statement: id,
  nameAsPrinted: `The representative of delegation ${n % 60}`,
  role: 'Head of delegation',
  form: 'summary',
  text: generateText(n),
  language: 'en',
  topics: [WORDS[n % WORDS.length] ?? '', 'agenda'],
});

export const createScheduleCommand = (meeting: string, convenedBy: string) => ({
  command: 'schedule-meeting',
  data: { meeting, title: `Meeting ${meeting} of the committee`, convenedBy, scheduledFor: '2011-05-31' },
});
export const createOpenCommand = (meeting: string) => ({
  command: 'open-meeting',
  data: { meeting, at: '2011-05-31T10:00:00+03:00' },
});

let statementCount = 0;

export const workload: Workload = {
  command: 'record-statement',
  event: 'StatementRecorded',
  stream: `meeting-${MEETING}`,
  setup: [
    {
      command: 'register-organization',
      data: { organization: 'committee', name: 'The committee', classification: 'committee' },
    },
    createScheduleCommand(MEETING, 'committee'),
    createOpenCommand(MEETING),
  ],
  data: (id) => createStatementData(MEETING, id, statementCount++),
};

/** An event as the command handler would pass it to the sequencer. */
export function createEvent(type: string, command: string, data: JsonObject): NewEvent {
  const metadata: EventMetadata = {
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
