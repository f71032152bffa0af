// Specimens: commands of a council that meets, each with the fields that it must have and what a test adds.
export type Command = readonly [command: string, data: { readonly [field: string]: unknown }];
type More = { readonly [field: string]: unknown };

export const organization = (organization: string, more: More = {}): Command => [
  'register-organization',
  { organization, name: organization.toUpperCase(), classification: 'state', ...more },
];
export const person = (person: string, name: string, more: More = {}): Command => [
  'register-person',
  { person, name, ...more },
];
export const source = (source: string): Command => ['register-source', { source, title: `The ${source}` }];
export const scheduled = (meeting: string, scheduledFor: string, more: More = {}): Command => [
  'schedule-meeting',
  { meeting, title: `Meeting ${meeting}`, convenedBy: 'council', scheduledFor, ...more },
];
export const rescheduled = (meeting: string, scheduledFor: string, more: More = {}): Command => [
  'reschedule-meeting',
  { meeting, scheduledFor, ...more },
];
export const opened = (meeting: string, at: string, more: More = {}): Command => [
  'open-meeting',
  { meeting, at, ...more },
];
export const adjourned = (meeting: string, at: string): Command => ['adjourn-meeting', { meeting, at }];
export const closed = (meeting: string, at: string): Command => ['close-meeting', { meeting, at }];
export const postponed = (meeting: string, more: More = {}): Command => [
  'postpone-meeting',
  { meeting, ...more },
];
export const cancelled = (meeting: string, more: More = {}): Command => [
  'cancel-meeting',
  { meeting, ...more },
];
export const item = (meeting: string, item: string, title: string, more: More = {}): Command => [
  'add-agenda-item',
  { meeting, item, title, ...more },
];
export const participant = (
  meeting: string,
  participant: string,
  capacity: string,
  presence: string,
  more: More = {},
): Command => ['record-participant', { meeting, participant, capacity, presence, ...more }];
export const statement = (meeting: string, statement: string, text: string, more: More = {}): Command => [
  'record-statement',
  { meeting, statement, text, nameAsPrinted: 'The delegate', form: 'verbatim', language: 'en', ...more },
];
export const report = (meeting: string, report: string, more: More = {}): Command => [
  'record-report',
  { meeting, report, title: `Report ${report}`, ...more },
];
export const decision = (meeting: string, decision: string, more: More = {}): Command => [
  'record-decision',
  {
    meeting,
    decision,
    title: `Decision ${decision}`,
    kind: 'decision',
    outcome: 'adopted',
    by: 'consensus',
    ...more,
  },
];
export const corrected = (
  fact: string,
  [, data]: Command,
  reason = 'It was misheard.',
  more: More = {},
): Command => ['correct-fact', { fact, with: data, reason, ...more }];
export const retracted = (fact: string, reason = 'It never happened.'): Command => [
  'retract-fact',
  { fact, reason },
];
export const disputed = (fact: string, claim: string, more: More = {}): Command => [
  'dispute-fact',
  { fact, claim, ...more },
];

/** The council, its members, the people who come, and where it is written. */
export const council: readonly Command[] = [
  source('press'),
  organization('council', { name: 'Council', classification: 'council' }),
  organization('secretariat', { name: 'Secretariat', classification: 'secretariat', partOf: 'council' }),
  organization('arendal', { name: 'Arendal', names: { ru: 'Арендаль' } }),
  organization('borduria', { name: 'Borduria' }),
  organization('cordoba', { name: 'Cordoba' }),
  person('anna', 'Anna Archer', { names: { ru: 'Анна Арчер' } }),
  person('boris', 'Boris Brandt'),
];
