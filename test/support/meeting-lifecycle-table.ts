// The table of the meeting's rules: for each command and status, whether it is allowed; and ways to each status.
import type { AnyCommand, AnyEvent } from '../../src/eventsourcing/message.js';
import * as a from './meeting-fixtures.js';

const STATUSES = [
  'announced',
  'scheduled',
  'confirmed',
  'postponed',
  'cancelled',
  'open',
  'adjourned',
  'closed',
] as const;
export type MeetingStatus = (typeof STATUSES)[number];

// prettier-ignore
const LIFECYCLE_TABLE = `
                      announced  scheduled  confirmed  postponed  cancelled  open       adjourned  closed
reschedule-meeting    yes        yes        yes        yes        cancelled  open       open       closed
postpone-meeting      yes        yes        yes        yes        cancelled  open       open       closed
cancel-meeting        yes        yes        yes        yes        cancelled  open       open       closed
confirm-meeting       yes        yes        confirmed  postponed  cancelled  open       open       closed
open-meeting          yes        yes        yes        postponed  cancelled  open       yes        closed
adjourn-meeting       not-open   not-open   not-open   not-open   not-open   yes        not-open   closed
close-meeting         not-open   not-open   not-open   not-open   not-open   yes        yes        closed
relocate-meeting      yes        yes        yes        yes        cancelled  yes        yes        closed
hand-over-chair       not-open   not-open   not-open   not-open   not-open   yes        not-open   closed
circulate-minutes     not-open   not-open   not-open   not-open   not-open   yes        yes        yes
approve-minutes       not-closed not-closed not-closed not-closed not-closed not-closed not-closed yes
add-agenda-item       yes        yes        yes        yes        yes        yes        yes        yes
withdraw-agenda-item  yes        yes        yes        yes        yes        yes        yes        yes
restore-agenda-item   yes        yes        yes        yes        yes        yes        yes        yes
move-agenda-item      yes        yes        yes        yes        yes        yes        yes        yes
adopt-agenda          yes        yes        yes        yes        yes        yes        yes        yes
record-regrets        yes        yes        yes        yes        yes        yes        yes        yes
record-participant    not-open   not-open   not-open   not-open   not-open   yes        yes        yes
record-statement      not-open   not-open   not-open   not-open   not-open   yes        yes        yes
record-report         not-open   not-open   not-open   not-open   not-open   yes        yes        yes
record-decision       not-open   not-open   not-open   not-open   not-open   yes        yes        yes
`;

const [, ...rows] = LIFECYCLE_TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/));

/** Each cell: command, status, and the code of the refusal or undefined. */
export const LIFECYCLE_CELLS: readonly {
  readonly what: string;
  readonly status: MeetingStatus;
  readonly code: string | undefined;
}[] = rows.flatMap(([what = '', ...cells]) =>
  STATUSES.map((status, column) => {
    const cell = cells[column] ?? '';
    return { what, status, code: cell === 'yes' ? undefined : `meeting-${cell}` };
  }),
);

/** Regrets have a row of their own. */
export const getRowName = ({ name, data }: AnyCommand): string =>
  name === 'record-participant' && data['presence'] === 'regrets' ? 'record-regrets' : name;

/** The code with which a command is refused in a status; undefined if it is allowed there. */
export const getRefusalCode = (command: AnyCommand, status: MeetingStatus): string | undefined => {
  const cell = LIFECYCLE_CELLS.find(({ what, status: of }) => what === getRowName(command) && of === status);
  if (!cell) throw new Error(`${getRowName(command)} does not stand in the table`);
  return cell.code;
};

/** A command for each row, with data that none of the histories below uses. */
export const COMMANDS_BY_ROW: { readonly [what: string]: readonly AnyCommand[] } = {
  'reschedule-meeting': [a.reschedule('2013'), a.reschedule('2013-05-31')],
  'postpone-meeting': [a.postpone({ reason: 'war' })],
  'cancel-meeting': [a.cancel({ reason: 'war' })],
  'confirm-meeting': [a.confirm({ note: 'by letter' })],
  'open-meeting': [a.open('2013-05-31'), a.open('2013-05-31T10:00:00Z', { chair: { person: 'jane-doe' } })],
  'adjourn-meeting': [a.adjourn('2013-05-31'), a.adjourn('2013-05-31', { until: '2013-06' })],
  'close-meeting': [a.close('2013-06-01')],
  'relocate-meeting': [a.relocate('Astana'), a.relocate('Astana', { mode: 'hybrid' })],
  'hand-over-chair': [a.handOver('belarus'), a.handOver('belarus', { at: '2011-05-31' })],
  'circulate-minutes': [a.circulate()],
  'approve-minutes': [a.approve()],
  'add-agenda-item': [a.addItem('new')],
  'withdraw-agenda-item': [a.withdrawItem('old')],
  'restore-agenda-item': [a.restoreItem('gone')],
  'move-agenda-item': [a.moveItem('old'), a.moveItem('old', { before: 'gone' })],
  'adopt-agenda': [a.adoptAgenda()],
  'record-regrets': [a.recordParticipant('belarus', 'regrets')],
  'record-participant': [a.recordParticipant('belarus', 'present'), a.recordParticipant('belarus', 'remote')],
  'record-statement': [a.recordStatement('1'), a.recordStatement('1', { agendaItem: 'old' })],
  'record-report': [
    a.recordReport('1'),
    a.recordReport('1', { agendaItem: 'old', concerning: [{ text: 'the budget' }] }),
  ],
  'record-decision': [a.recordDecision('1'), a.recordDecision('1', { agendaItem: 'old' })],
};

const items = [a.itemAdded('old'), a.itemAdded('gone'), a.itemWithdrawn('gone')];
const scheduledHistory = [a.scheduled('2011-05-31'), ...items];
const announcedHistory = [a.scheduled('2011-41'), ...items];

/** Several histories that lead to each status. */
export const HISTORIES_BY_STATUS: { readonly [S in MeetingStatus]: readonly (readonly AnyEvent[])[] } = {
  announced: [
    announcedHistory,
    [a.scheduledUndated(), ...items],
    [...scheduledHistory, a.rescheduled('2012')],
    [...scheduledHistory, a.confirmed(), a.rescheduled('2012')],
    [...scheduledHistory, a.postponed(), a.rescheduled('2012')],
  ],
  scheduled: [
    scheduledHistory,
    [a.scheduled('2011-05-31/2011-06-02'), ...items],
    [...announcedHistory, a.rescheduled('2011-12-20')],
    [...announcedHistory, a.confirmed(), a.rescheduled('2011-12-20')],
    [...scheduledHistory, a.postponed(), a.rescheduled('2011-12-20')],
  ],
  confirmed: [
    [...scheduledHistory, a.confirmed()],
    [...announcedHistory, a.confirmed()],
    [...scheduledHistory, a.confirmed(), a.relocated('Minsk')],
    [...scheduledHistory, a.confirmed(), a.rescheduled('2012'), a.confirmed()],
  ],
  postponed: [
    [...scheduledHistory, a.postponed()],
    [...announcedHistory, a.confirmed(), a.postponed()],
    [...scheduledHistory, a.postponed(), a.relocated('Minsk'), a.postponed()],
  ],
  cancelled: [
    [...announcedHistory, a.cancelled()],
    [...scheduledHistory, a.cancelled()],
    [...scheduledHistory, a.confirmed(), a.cancelled()],
    [...scheduledHistory, a.postponed(), a.cancelled()],
  ],
  open: [
    [...announcedHistory, a.opened()],
    [...scheduledHistory, a.opened()],
    [...scheduledHistory, a.confirmed(), a.opened()],
    [...scheduledHistory, a.opened(), a.adjourned(), a.opened('2011-06-01')],
    [...scheduledHistory, a.opened(), a.relocated('Minsk')],
  ],
  adjourned: [
    [...scheduledHistory, a.opened(), a.adjourned()],
    [...scheduledHistory, a.opened(), a.adjourned(), a.relocated('Minsk')],
    [...scheduledHistory, a.opened(), a.adjourned(), a.opened('2011-06-01'), a.adjourned('2011-06-01')],
  ],
  closed: [
    [...scheduledHistory, a.opened(), a.closed()],
    [...announcedHistory, a.confirmed(), a.opened(), a.adjourned(), a.closed()],
  ],
};
