// A large generated ledger, like the archive of an organization: half of it statements, the rest mostly memberships.
import { join } from 'node:path';
import type { JsonObject } from '../src/json/json.js';
import type { Append } from '../src/ledger/sequencer.js';
import { LedgerWriter } from '../src/ledger/sqlite/ledger-writer.js';
import {
  MEETING,
  createEvent,
  createOpenCommand,
  createScheduleCommand,
  createStatementData,
} from './workload.js';

/** An organization with exactly seven members on every day since 1950. */
export const ORGANIZATION = 'o0';
const MEMBERS = 7;
/** The number of organizations that others join. */
const OPEN_ORGANIZATIONS = 100;
const FOUNDERS = 1 + MEMBERS + OPEN_ORGANIZATIONS;
const BATCH_SIZE = 500;

type GeneratedEvent = {
  readonly stream: string;
  readonly type: string;
  readonly command: string;
  readonly data: JsonObject;
};

export function generateBook(directory: string, entries: number): void {
  const writer = new LedgerWriter(join(directory, 'ledger.db'));
  const revisions = new Map<string, number>();
  let batch: Append[] = [];
  const commit = () => {
    if (writer.commit(batch).some(({ outcome }) => outcome !== 'appended'))
      throw new Error('A generated entry was not appended.');
    batch = [];
  };
  for (const { stream, type, command, data } of generateEvents(entries)) {
    const expectedRevision = revisions.get(stream) ?? -1;
    revisions.set(stream, expectedRevision + 1);
    batch.push({ stream, expectedRevision, events: [createEvent(type, command, data)], requires: [] });
    if (batch.length === BATCH_SIZE) commit();
  }
  commit();
  writer.close();
}

function* generateEvents(entries: number): Generator<GeneratedEvent> {
  let [organizations, statements, steps] = [0, 0, 0];
  const next: GeneratedEvent[] = [...createMeeting(MEETING), archiveSource];
  for (let n = 0; n < entries; n++) {
    const queued = n < FOUNDERS + MEMBERS ? undefined : next.shift();
    if (queued) yield queued;
    else if (n < FOUNDERS || n % 100 === 99) yield createOrganization(organizations++);
    else if (n < FOUNDERS + MEMBERS)
      yield createMembership(ORGANIZATION, `o${n - FOUNDERS + 1}`, '1950-01-01');
    else if (n % 2 === 0) {
      yield createStatement(getMeetingId(statements), statements++);
      if (getMeetingId(statements) !== getMeetingId(statements - 1))
        next.push(...createMeeting(getMeetingId(statements)));
    } else if (n % 100 === 49) yield createRenaming(n % organizations, n);
    else yield createMembershipStep(steps++);
  }
}

/** The number of statements of the one long meeting; every other meeting has as many as one day. */
export const LONG_MEETING_STATEMENT_COUNT = 10_000;
const MEETING_STATEMENTS = 200;
const getMeetingId = (n: number): string =>
  n < LONG_MEETING_STATEMENT_COUNT
    ? MEETING
    : `m${1 + Math.floor((n - LONG_MEETING_STATEMENT_COUNT) / MEETING_STATEMENTS)}`;

const createMeeting = (id: string): GeneratedEvent[] => [
  { stream: `meeting-${id}`, type: 'MeetingScheduled', ...createScheduleCommand(id, ORGANIZATION) },
  { stream: `meeting-${id}`, type: 'MeetingOpened', ...createOpenCommand(id) },
];

const createStatement = (id: string, n: number): GeneratedEvent => ({
  stream: `meeting-${id}`,
  type: 'StatementRecorded',
  command: 'record-statement',
  data: createStatementData(id, `s${n}`, n),
});

const archiveSource: GeneratedEvent = {
  stream: 'source-archive',
  type: 'SourceRegistered',
  command: 'register-source',
  data: { source: 'archive', title: 'The archive' },
};

const createOrganization = (n: number): GeneratedEvent => ({
  stream: `organization-o${n}`,
  type: 'OrganizationRegistered',
  command: 'register-organization',
  data: {
    organization: `o${n}`,
    name: `Organization number ${n}`,
    abbreviation: `ON${n}`,
    names: { fr: `Organisation numéro ${n}`, ru: `Организация номер ${n}` },
    classification: 'intergovernmental',
    founded: '1945-06-26',
  },
});

const createRenaming = (n: number, counter: number): GeneratedEvent => ({
  stream: `organization-o${n}`,
  type: 'OrganizationRenamed',
  command: 'rename-organization',
  data: {
    organization: `o${n}`,
    name: `Organization number ${n}, renamed (${counter})`,
    effective: '1991-12-08',
  },
});

const createMembership = (organization: string, member: string, effective: string): GeneratedEvent => ({
  stream: `membership-${organization}:${member}`,
  type: 'MemberJoined',
  command: 'admit-member',
  data: { organization, member, effective },
});

/** Starts, suspends, resumes and ends each membership in turn; every other event cites a source. */
function createMembershipStep(n: number): GeneratedEvent {
  const pair = Math.floor(n / 4);
  const organization = `o${1 + MEMBERS + (pair % OPEN_ORGANIZATIONS)}`;
  const member = `o${FOUNDERS + Math.floor(pair / OPEN_ORGANIZATIONS)}`;
  const startYear = 1950 + (pair % 60);
  const cited = n % 2 === 0 ? { sources: [{ source: 'archive', locator: `p. ${n % 400}` }] } : {};
  const [type, command, own] = (
    [
      ['MemberJoined', 'admit-member', { effective: `${startYear}-05-31` }],
      ['ParticipationSuspended', 'suspend-participation', { effective: `${startYear + 1}-06`, by: 'member' }],
      ['ParticipationResumed', 'resume-participation', { effective: `${startYear + 2}-07-01` }],
      ['MembershipEnded', 'end-membership', { effective: `${startYear + 3}-12-31`, reason: 'withdrew' }],
    ] as const
  )[(n % 4) as 0 | 1 | 2 | 3];
  const data = { organization, member, ...own, ...cited };
  return { stream: `membership-${organization}:${member}`, type, command, data };
}
