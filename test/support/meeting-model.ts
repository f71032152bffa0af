// A meeting as a reader of the rules would keep it: the table, lists and nothing clever. To compare with.
import { parseEdtf } from '../../src/dates/edtf.js';
import type { AnyCommand, JsonObject } from '../../src/eventsourcing/message.js';
import type { Views } from '../../src/eventsourcing/aggregate.js';
import { MEETING } from './meeting-fixtures.js';
import { refusedIn, rowOf, type Status } from './meeting-lifecycle-table.js';

const STEPS: { readonly [command: string]: Status | 'by its date' | 'as it was' } = {
  'reschedule-meeting': 'by its date',
  'relocate-meeting': 'as it was',
  'confirm-meeting': 'confirmed',
  'postpone-meeting': 'postponed',
  'cancel-meeting': 'cancelled',
  'open-meeting': 'open',
  'adjourn-meeting': 'adjourned',
  'close-meeting': 'closed',
};

/** The field that names what a command records in a meeting. */
const NAMED_BY: { readonly [command: string]: string } = {
  'add-agenda-item': 'item',
  'withdraw-agenda-item': 'item',
  'record-participant': 'participant',
  'record-statement': 'statement',
  'record-report': 'report',
  'record-decision': 'decision',
};

const byDate = (date: string): Status => {
  const parsed = parseEdtf(date) as { earliest: string | null; latest: string | null; days: boolean };
  return parsed.earliest === parsed.latest || parsed.days ? 'scheduled' : 'announced';
};

export class MeetingByTheTable {
  status: Status | undefined;
  scheduledFor: string | null | undefined;
  /** The cell of the table that the last command was judged by, if it came to that. */
  judged: string | undefined;
  readonly #said: AnyCommand[] = [];

  constructor(private readonly views: Views) {}

  /** `recorded`, `quiet`, or the code of the refusal. */
  hear(command: AnyCommand): string {
    this.judged = undefined;
    if (this.#isSaidAlready(command)) return 'quiet';
    const code = this.#rule(command);
    if (code !== undefined) return code;
    this.#said.push(command);
    const { name, data } = command;
    const leads = name === 'schedule-meeting' ? 'by its date' : (STEPS[name] ?? 'as it was');
    if (leads === 'by its date') {
      this.scheduledFor = data['scheduledFor'] as string;
      this.status = byDate(this.scheduledFor);
    } else if (leads !== 'as it was') this.status = leads;
    if (leads === 'postponed') this.scheduledFor = null;
    return 'recorded';
  }

  #isSaidAlready(command: AnyCommand): boolean {
    const asked = JSON.stringify(command);
    if (command.name in STEPS)
      return JSON.stringify(this.#said.findLast(({ name }) => name in STEPS)) === asked;
    return this.#said.some((said) => JSON.stringify(said) === asked);
  }

  #rule(command: AnyCommand): string | undefined {
    const { name, data } = command;
    if (name === 'schedule-meeting') return this.status && 'id-taken';
    if (!this.status || !this.#references(command)) return 'unknown-reference';
    if (this.#said.some((said) => said.name === 'approve-minutes')) return 'minutes-approved';
    const code = refusedIn(command, this.status);
    this.judged = `${rowOf(command)} ${this.status} ${code ?? 'yes'}`;
    if (code !== undefined) return code;
    if (name === 'approve-minutes' && (data['at'] === MEETING || data['at'] === 'past'))
      return 'circular-order';
    const field = NAMED_BY[name];
    if (field === undefined) return undefined;
    const before = this.#said.filter((said) => said.name === name && said.data[field] === data[field]);
    const came =
      before.every((said) => said.data['presence'] === 'regrets') && data['presence'] !== 'regrets';
    const again = name === 'record-participant' && came;
    return before.length > 0 && !again ? 'already-recorded' : undefined;
  }

  #references({ name, data }: AnyCommand): boolean {
    const has = (by: string, field: string, id: unknown) =>
      id === undefined || this.#said.some((said) => said.name === by && said.data[field] === id);
    const concerns = (data['concerning'] ?? []) as readonly JsonObject[];
    return (
      has('add-agenda-item', 'item', name === 'withdraw-agenda-item' ? data['item'] : data['agendaItem']) &&
      has('record-statement', 'statement', data['inReplyTo']) &&
      concerns.every(({ meeting, decision }) => {
        if (meeting === undefined) return has('record-decision', 'decision', decision);
        const other = this.views['meeting']?.(meeting as string) as { decisions: ReadonlySet<unknown> };
        return decision === undefined || other.decisions.has(decision);
      })
    );
  }
}
