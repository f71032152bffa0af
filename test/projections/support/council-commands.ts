// Commands of a council that meets, each with its required fields and the fields that a test adds.
export type Command = readonly [command: string, data: { readonly [field: string]: unknown }];
type ExtraFields = { readonly [field: string]: unknown };

export const registerOrganization = (organization: string, more: ExtraFields = {}): Command => [
  'register-organization',
  { organization, name: organization.toUpperCase(), classification: 'state', ...more },
];
export const registerPerson = (person: string, name: string, more: ExtraFields = {}): Command => [
  'register-person',
  { person, name, ...more },
];
export const registerSource = (source: string): Command => [
  'register-source',
  { source, title: `The ${source}` },
];
export const scheduleMeeting = (meeting: string, scheduledFor: string, more: ExtraFields = {}): Command => [
  'schedule-meeting',
  { meeting, title: `Meeting ${meeting}`, convenedBy: 'council', scheduledFor, ...more },
];
export const rescheduleMeeting = (meeting: string, scheduledFor: string, more: ExtraFields = {}): Command => [
  'reschedule-meeting',
  { meeting, scheduledFor, ...more },
];
export const openMeeting = (meeting: string, at: string, more: ExtraFields = {}): Command => [
  'open-meeting',
  { meeting, at, ...more },
];
export const adjournMeeting = (meeting: string, at: string, more: ExtraFields = {}): Command => [
  'adjourn-meeting',
  { meeting, at, ...more },
];
export const closeMeeting = (meeting: string, at: string): Command => ['close-meeting', { meeting, at }];
export const postponeMeeting = (meeting: string, more: ExtraFields = {}): Command => [
  'postpone-meeting',
  { meeting, ...more },
];
export const cancelMeeting = (meeting: string, more: ExtraFields = {}): Command => [
  'cancel-meeting',
  { meeting, ...more },
];
export const addAgendaItem = (
  meeting: string,
  item: string,
  title: string,
  more: ExtraFields = {},
): Command => ['add-agenda-item', { meeting, item, title, ...more }];
export const recordParticipant = (
  meeting: string,
  participant: string,
  capacity: string,
  presence: string,
  more: ExtraFields = {},
): Command => ['record-participant', { meeting, participant, capacity, presence, ...more }];
export const recordStatement = (
  meeting: string,
  statement: string,
  text: string,
  more: ExtraFields = {},
): Command => [
  'record-statement',
  { meeting, statement, text, nameAsPrinted: 'The delegate', form: 'verbatim', language: 'en', ...more },
];
export const recordReport = (meeting: string, report: string, more: ExtraFields = {}): Command => [
  'record-report',
  { meeting, report, title: `Report ${report}`, ...more },
];
export const recordDecision = (meeting: string, decision: string, more: ExtraFields = {}): Command => [
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
export const correctFact = (
  fact: string,
  [, data]: Command,
  reason = 'It was misheard.',
  more: ExtraFields = {},
): Command => ['correct-fact', { fact, with: data, reason, ...more }];
export const retractFact = (fact: string, reason = 'It never happened.'): Command => [
  'retract-fact',
  { fact, reason },
];
export const disputeFact = (fact: string, claim: string, more: ExtraFields = {}): Command => [
  'dispute-fact',
  { fact, claim, ...more },
];

/** Registers the council, its members, the people and a source. */
export const councilCommands: readonly Command[] = [
  registerSource('press'),
  registerOrganization('council', { name: 'Council', classification: 'council' }),
  registerOrganization('secretariat', {
    name: 'Secretariat',
    classification: 'secretariat',
    partOf: 'council',
  }),
  registerOrganization('arendal', { name: 'Arendal', names: { ru: 'Арендаль' } }),
  registerOrganization('borduria', { name: 'Borduria' }),
  registerOrganization('cordoba', { name: 'Cordoba' }),
  registerPerson('anna', 'Anna Archer', { names: { ru: 'Анна Арчер' } }),
  registerPerson('boris', 'Boris Brandt'),
];
