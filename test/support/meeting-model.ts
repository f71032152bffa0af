// A simple reference implementation of a meeting: the table of its rules and lists, to compare the decider with.
import { parseEdtf } from '../../src/dates/edtf.js';
import type { AnyCommand } from '../../src/eventsourcing/message.js';
import type { JsonObject } from '../../src/json/json.js';
import type { RelatedState } from '../../src/eventsourcing/aggregate.js';
import { MEETING_ID } from './meeting-fixtures.js';
import { getRefusalCode, getRowName, type MeetingStatus } from './meeting-lifecycle-table.js';

const STEP_STATUSES: { readonly [command: string]: MeetingStatus | 'by its date' | 'as it was' } = {
  'reschedule-meeting': 'by its date',
  'relocate-meeting': 'as it was',
  'confirm-meeting': 'confirmed',
  'postpone-meeting': 'postponed',
  'cancel-meeting': 'cancelled',
  'open-meeting': 'open',
  'adjourn-meeting': 'adjourned',
  'close-meeting': 'closed',
};

/** The field with the id of what a command records in a meeting. */
const ID_FIELDS: { readonly [command: string]: string } = {
  'add-agenda-item': 'item',
  'withdraw-agenda-item': 'item',
  'record-participant': 'participant',
  'record-statement': 'statement',
  'record-report': 'report',
  'record-decision': 'decision',
};

const getScheduleStatus = (date: string | null): MeetingStatus => {
  if (date === null) return 'announced';
  const parsed = parseEdtf(date) as { earliest: string | null; latest: string | null; lastsForDays: boolean };
  return parsed.earliest === parsed.latest || parsed.lastsForDays ? 'scheduled' : 'announced';
};

/** Whether a command adds, withdraws or restores an agenda item, which moves it back and forth. */
const changesItems = (name: string): boolean => /^(?:add|withdraw|restore)-agenda-item$/.test(name);

export class MeetingModel {
  status: MeetingStatus | undefined;
  scheduledFor: string | null | undefined;
  /** The cell of the table that decided on the last command, if one did. */
  lastCell: string | undefined;
  readonly #recordedCommands: AnyCommand[] = [];

  constructor(private readonly relatedState: RelatedState) {}

  /** `recorded`, `nothing` (a repetition), or the code of the refusal. */
  handle(command: AnyCommand): string {
    this.lastCell = undefined;
    if (this.#isRecorded(command)) return 'nothing';
    const code = this.#findViolatedRule(command);
    if (code !== undefined) return code;
    this.#recordedCommands.push(command);
    const { name, data } = command;
    const leads = name === 'schedule-meeting' ? 'by its date' : (STEP_STATUSES[name] ?? 'as it was');
    if (leads === 'by its date') {
      this.scheduledFor = (data['scheduledFor'] ?? null) as string | null;
      this.status = getScheduleStatus(this.scheduledFor);
    } else if (leads !== 'as it was') this.status = leads;
    if (leads === 'postponed') this.scheduledFor = null;
    return 'recorded';
  }

  #isRecorded(command: AnyCommand): boolean {
    const serialized = JSON.stringify(command);
    if (command.name in STEP_STATUSES)
      return (
        JSON.stringify(this.#recordedCommands.findLast(({ name }) => name in STEP_STATUSES)) === serialized
      );
    const { name, data } = command;
    if (name === 'record-participant')
      return (
        JSON.stringify(
          this.#recordedCommands.findLast(
            (recorded) => recorded.name === name && recorded.data['participant'] === data['participant'],
          ),
        ) === serialized
      );
    if (['hand-over-chair', 'move-agenda-item', 'adopt-agenda'].includes(name))
      return JSON.stringify(this.#recordedCommands.findLast((one) => one.name === name)) === serialized;
    if (changesItems(name)) return JSON.stringify(this.#findLatestOfItem(data['item'])) === serialized;
    return this.#recordedCommands.some((recorded) => JSON.stringify(recorded) === serialized);
  }

  /** The latest command that added, withdrew or restored an agenda item. */
  #findLatestOfItem(item: unknown): AnyCommand | undefined {
    return this.#recordedCommands.findLast(({ name, data }) => changesItems(name) && data['item'] === item);
  }

  /** A withdrawn item may be added again as it was, and a standing one may be withdrawn. */
  #changesItem(command: AnyCommand): boolean {
    const { name, data } = command;
    const latest = this.#findLatestOfItem(data['item']);
    if (!changesItems(name) || latest?.name === name) return false;
    if (name === 'add-agenda-item' && latest?.name !== 'withdraw-agenda-item') return false;
    const added = this.#recordedCommands.findLast(
      (recorded) => recorded.name === 'add-agenda-item' && recorded.data['item'] === data['item'],
    );
    return name === 'withdraw-agenda-item' || JSON.stringify(added) === JSON.stringify(command);
  }

  #findViolatedRule(command: AnyCommand): string | undefined {
    const { name, data } = command;
    if (name === 'schedule-meeting') return this.status && 'id-taken';
    if (!this.status || !this.#hasReferences(command)) return 'unknown-reference';
    if (this.#recordedCommands.some((recorded) => recorded.name === 'approve-minutes'))
      return 'minutes-approved';
    const code = getRefusalCode(command, this.status);
    this.lastCell = `${getRowName(command)} ${this.status} ${code ?? 'yes'}`;
    if (code !== undefined) return code;
    if (name === 'approve-minutes' && (data['at'] === MEETING_ID || data['at'] === 'past'))
      return 'circular-order';
    if (name === 'move-agenda-item') return data['item'] === data['before'] ? 'self-reference' : undefined;
    if (name === 'restore-agenda-item')
      return this.#findLatestOfItem(data['item'])?.name === 'withdraw-agenda-item'
        ? undefined
        : 'not-withdrawn';
    const field = ID_FIELDS[name];
    if (field === undefined || this.#changesItem(command)) return undefined;
    const before = this.#recordedCommands.filter(
      (recorded) => recorded.name === name && recorded.data[field] === data[field],
    );
    const came =
      before.every((recorded) => recorded.data['presence'] === 'regrets') && data['presence'] !== 'regrets';
    const again = name === 'record-participant' && came;
    return before.length > 0 && !again ? 'already-recorded' : undefined;
  }

  #hasReferences({ name, data }: AnyCommand): boolean {
    const has = (by: string, field: string, id: unknown) =>
      id === undefined ||
      this.#recordedCommands.some((recorded) => recorded.name === by && recorded.data[field] === id);
    const concerns = (data['concerning'] ?? []) as readonly JsonObject[];
    return (
      has(
        'add-agenda-item',
        'item',
        name === 'add-agenda-item' ? data['under'] : (data['agendaItem'] ?? data['item']),
      ) &&
      (name !== 'move-agenda-item' || has('add-agenda-item', 'item', data['before'])) &&
      has('record-statement', 'statement', data['inReplyTo']) &&
      concerns.every(({ meeting, decision }) => {
        if (meeting === undefined) return has('record-decision', 'decision', decision);
        const other = this.relatedState['meeting']?.(meeting as string) as {
          parts: ReadonlyMap<string, unknown>;
        };
        return decision === undefined || other.parts.has(`decision ${decision}`);
      })
    );
  }
}
