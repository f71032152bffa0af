// A naive implementation: plain arrays, and every answer is computed from all events again. It shares no code with
// the read models that it is compared to, not even for dates, of which it knows only these.
type Days = readonly [earliest: string | null, latest: string | null];
export const DATE_BOUNDS: { readonly [edtf: string]: Days } = {
  '1992': ['1992-01-01', '1992-12-31'],
  '1992-05-15': ['1992-05-15', '1992-05-15'],
  '1993-06': ['1993-06-01', '1993-06-30'],
  '[1994..1996]': ['1994-01-01', '1996-12-31'],
  '[..1995-05-05]': [null, '1995-05-05'],
  '1996': ['1996-01-01', '1996-12-31'],
  '1998-01-01': ['1998-01-01', '1998-01-01'],
  '1998-41': ['1998-07-01', '1998-12-31'],
  '[1999-02-02..]': ['1999-02-02', null],
};
/** Of meetings; the last three are for certain days. */
export const SCHEDULED_DATE_BOUNDS: { readonly [edtf: string]: Days } = {
  '2011': ['2011-01-01', '2011-12-31'],
  '2011-41': ['2011-07-01', '2011-12-31'],
  '2011-12': ['2011-12-01', '2011-12-31'],
  '[2011-06-01..]': ['2011-06-01', null],
  '2011-06-01': ['2011-06-01', '2011-06-01'],
  '2011-12-20': ['2011-12-20', '2011-12-20'],
  '2011-11-01/2011-11-03': ['2011-11-01', '2011-11-03'],
};
const SETTLED = ['2011-06-01', '2011-12-20', '2011-11-01/2011-11-03'];
const toDay = (at: string): string => at.slice(0, 10);

/* eslint-disable @typescript-eslint/no-explicit-any -- facts as they come over the wire */
export type Fact = {
  entry: number;
  stream: string;
  revision: number;
  id: string;
  type: string;
  data: any;
  metadata: any;
};
type EffectiveFact = { entry: number; type: string; data: any; isCorrected: boolean };

/** The effective facts of a stream: a later amendment counts unless it is retracted itself. */
function computeEffectiveFacts(all: readonly Fact[]): EffectiveFact[] {
  const names = (fact: Fact, name: string) => name === fact.id || name === `${fact.stream}@${fact.revision}`;
  const amendments = (type: string, fact: Fact): Fact[] =>
    all.filter((other) => other.type === type && other.revision > fact.revision && names(fact, words(other).fact) && !isRetracted(other)); // prettier-ignore
  const isRetracted = (fact: Fact): boolean => amendments('FactRetracted', fact).length > 0;
  const words = (fact: Fact): any => {
    const last = amendments('FactCorrected', fact).at(-1);
    return last ? words(last).with : fact.data;
  };
  return all
    .filter((fact) => !fact.type.startsWith('Fact') && !isRetracted(fact))
    .map((fact) => ({ entry: fact.entry, type: fact.type, data: words(fact), isCorrected: amendments('FactCorrected', fact).length > 0 })); // prettier-ignore
}

const toEarliest = (day: string | null) => day ?? '';
const toLatest = (day: string | null) => day ?? '~';
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const compareDays = ([a, b]: Days, [c, d]: Days) =>
  compare(toEarliest(a), toEarliest(c)) || compare(toLatest(b), toLatest(d));

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [n, item] of items.entries())
    for (const rest of permutations(items.toSpliced(n, 1))) yield [item, ...rest];
}
type Period = {
  first: EffectiveFact;
  last: EffectiveFact | undefined;
  suspensions: [EffectiveFact, EffectiveFact | undefined][];
};

/** The first order of the facts that their dates and the rules allow. */
function findPeriods(facts: readonly EffectiveFact[], begin: string, end: string): Period[] {
  const days = (fact: EffectiveFact): Days => DATE_BOUNDS[fact.data.effective as string] as Days;
  search: for (const order of permutations(facts.toSorted((a, b) => compareDays(days(a), days(b))))) {
    const found: Period[] = [];
    let now = '';
    for (const fact of order) {
      const [earliest, latest] = days(fact);
      if (toEarliest(earliest) > now) now = toEarliest(earliest);
      if (now > toLatest(latest)) continue search;
      const period = found.at(-1);
      const open = period && !period.last ? period : undefined;
      const suspended = open?.suspensions.at(-1);
      const isSuspended = suspended !== undefined && !suspended[1];
      if (fact.type === begin && !open) found.push({ first: fact, last: undefined, suspensions: [] });
      else if (fact.type === end && open) {
        if (suspended && isSuspended) suspended[1] = fact;
        open.last = fact;
      } else if (fact.type === 'ParticipationSuspended' && open && !isSuspended)
        open.suspensions.push([fact, undefined]);
      else if (fact.type === 'ParticipationResumed' && suspended && isSuspended) suspended[1] = fact;
      else continue search;
    }
    return found;
  }
  throw new Error('no order is legal');
}

function computeCertainty(
  first: EffectiveFact,
  last: EffectiveFact | undefined,
  day: string,
  dissolved: readonly Days[],
): 'certain' | 'possible' | undefined {
  const certainty = computeOwnCertainty(first, last, day);
  if (dissolved.some(([, latest]) => latest !== null && latest <= day)) return undefined;
  const isPossible = dissolved.some(([earliest]) => toEarliest(earliest) <= day);
  return certainty === 'certain' && isPossible ? 'possible' : certainty;
}

function computeOwnCertainty(
  first: EffectiveFact,
  last: EffectiveFact | undefined,
  day: string,
): 'certain' | 'possible' | undefined {
  const [earliest, latest] = DATE_BOUNDS[first.data.effective as string] as Days;
  const [sooner, later] = last ? (DATE_BOUNDS[last.data.effective as string] as Days) : ['~', null];
  if (latest !== null && latest <= day && day < toEarliest(sooner)) return 'certain';
  return toEarliest(earliest) <= day && day < toLatest(later) ? 'possible' : undefined;
}

/** The interval that is shown for a day, with its certainty. */
function findOnDay(all: readonly Period[], day: string, dissolved: readonly Days[]) {
  const met = all
    .map((period) => ({ period, how: computeCertainty(period.first, period.last, day, dissolved) }))
    .filter(({ how }) => how);
  return met.find(({ how }) => how === 'certain') ?? met.at(-1);
}

/** A sitting: when it was opened, its chair, when it ended, and to when it was adjourned. */
type Sitting = [
  opened: string,
  chair: string | null,
  ended: string | null,
  until: string | null,
  handovers: string[],
];

type Meeting = {
  id: string;
  title: string;
  status: string;
  plan: string | null;
  dates: string[];
  before?: string;
  after?: string;
  opened?: string;
  closed?: string;
  sittings: Sitting[];
  /** What is known of the days after the opening. */
  known: string[];
  facts: EffectiveFact[];
};

export class NaiveProjections {
  readonly #streams = new Map<string, EffectiveFact[]>();

  /** The record as of an entry; the events of an incomplete group are left out. */
  constructor(facts: readonly Fact[], entry: number) {
    const known = facts.filter((fact) => {
      const { index, of } = (fact.metadata.group ?? { index: 0, of: 1 }) as { index: number; of: number };
      return fact.entry - index + of - 1 <= entry;
    });
    for (const stream of new Set(known.map((fact) => fact.stream)))
      this.#streams.set(stream, computeEffectiveFacts(known.filter((fact) => fact.stream === stream)));
  }

  #findStreams(prefix: string): [string, EffectiveFact[]][] {
    return [...this.#streams]
      .filter(([stream]) => stream.startsWith(prefix))
      .sort(([a], [b]) => compare(a, b));
  }

  /** When these organizations were dissolved, as far as they were. */
  #findDissolutions(...organizations: string[]): Days[] {
    return organizations
      .flatMap((id) => this.#streams.get(`organization-${id}`) ?? [])
      .filter(({ type }) => type === 'OrganizationDissolved')
      .map(({ data }) => DATE_BOUNDS[data.effective as string] as Days);
  }

  members(organization: string, day: string): unknown[] {
    return this.#findStreams(`membership-${organization}:`).flatMap(([stream, facts]) => {
      const dissolved = this.#findDissolutions(organization, stream.split(':')[1]!);
      const found = findOnDay(findPeriods(facts, 'MemberJoined', 'MembershipEnded'), day, dissolved);
      if (!found) return [];
      const isSuspended = found.period.suspensions.some(
        ([from, to]) => computeCertainty(from, to, day, dissolved) === 'certain',
      );
      return [
        [
          stream.split(':')[1],
          found.period.first.data.effective,
          found.how,
          isSuspended ? 'suspended' : 'active',
        ],
      ];
    });
  }

  observers(organization: string, day: string): unknown[] {
    const members = this.members(organization, day) as string[][];
    return this.#findStreams(`observership-${organization}:`).flatMap(([stream, facts]) => {
      const dissolved = this.#findDissolutions(organization, stream.split(':')[1]!);
      const found = findOnDay(
        findPeriods(facts, 'ObserverStatusGranted', 'ObserverStatusEnded'),
        day,
        dissolved,
      );
      if (!found) return [];
      const { kind, effective, observer } = found.period.first.data;
      const isMember = members.some(([member, , how]) => member === observer && how === 'certain');
      return [[stream.split(':')[1], kind, effective, found.how, isMember && found.how === 'certain']];
    });
  }

  offices(organization: string, day: string): unknown[] {
    const dissolved = this.#findDissolutions(organization);
    const dissolution = this.#streams
      .get(`organization-${organization}`)
      ?.find(({ type }) => type === 'OrganizationDissolved');
    const isLater = (last: EffectiveFact): boolean =>
      dissolution !== undefined && toLatest((DATE_BOUNDS[last.data.effective as string] as Days)[1]) > toLatest(dissolved[0]![1]); // prettier-ignore
    return this.#findStreams('person-')
      .flatMap(([stream, facts]) => {
        const held = facts.filter(
          ({ data }) => data.organization === organization && data.office !== undefined,
        );
        return [...new Set(held.map(({ data }) => data.office as string))].flatMap((office) => {
          const found = findOnDay(findPeriods(held.filter(({ data }) => data.office === office), 'OfficeAssumed', 'OfficeLeft'), day, dissolved); // prettier-ignore
          if (!found) return [];
          const { first, last } = found.period;
          return [
            [
              office,
              stream.slice('person-'.length),
              first.data.effective,
              (last && !isLater(last) ? last : (dissolution ?? last))?.data.effective ?? null,
              found.how,
            ],
          ];
        });
      })
      .sort((a, b) => compare(a.slice(0, 2).join(), b.slice(0, 2).join()));
  }

  meetings(): Meeting[] {
    return this.#findStreams('meeting-').map(([, facts]) => {
      const [first, ...rest] = facts as [EffectiveFact, ...EffectiveFact[]];
      const { meeting, title, scheduledFor, before, after } = first.data;
      const planned = (plan: string) => (SETTLED.includes(plan) ? 'scheduled' : 'announced');
      const found: Meeting = { id: meeting, title, status: planned(scheduledFor), plan: scheduledFor, dates: [scheduledFor], before, after, sittings: [], known: [], facts }; // prettier-ignore
      for (const { type, data } of rest) {
        if (type === 'MeetingRescheduled') {
          const [from, to] = found.plan === null ? [] : (SCHEDULED_DATE_BOUNDS[found.plan] as Days);
          const [earliest, latest] = SCHEDULED_DATE_BOUNDS[data.scheduledFor as string] as Days;
          const isWithin =
            from !== undefined &&
            toEarliest(from) <= toEarliest(earliest) &&
            toLatest(latest) <= toLatest(to ?? null);
          found.dates.push(`${isWithin ? 'refinement' : 'rescheduling'} ${data.scheduledFor}`);
          [found.plan, found.status] = [data.scheduledFor, planned(data.scheduledFor)];
        } else if (type === 'MeetingPostponed') {
          found.dates.push('postponement');
          [found.plan, found.status] = [null, 'postponed'];
        } else if (type === 'MeetingConfirmed') found.status = 'confirmed';
        else if (type === 'MeetingCancelled') found.status = 'cancelled';
        else if (type === 'MeetingAdjourned') {
          [found.sittings.at(-1)![2], found.sittings.at(-1)![3]] = [data.at, data.until ?? null];
          found.known.push(data.at, data.until ?? data.at);
          found.status = 'adjourned';
        } else if (type === 'MeetingOpened') {
          [found.status, found.opened] = ['open', found.opened ?? data.at];
          const chair = data.chairs?.[0]?.party ?? data.chair?.organization ?? null;
          found.sittings.push([data.at, chair, null, null, []]);
          found.known.push(data.at);
        } else if (type === 'ChairHandedOver') {
          found.sittings.at(-1)![4].push(data.to[0].party);
        } else if (type === 'MeetingClosed') {
          found.sittings.at(-1)![2] ??= data.at;
          [found.status, found.closed] = ['closed', data.at];
        }
      }
      return found;
    });
  }

  static getDays({ plan, opened, closed, known }: Meeting): Days | undefined {
    const planned = plan === null ? undefined : SCHEDULED_DATE_BOUNDS[plan];
    if (opened === undefined) return planned;
    if (closed !== undefined) return [toDay(opened), toDay(closed)];
    const last = [...known.map(toDay), toLatest(planned ? planned[1] : '')].sort().at(-1)!;
    return [toDay(opened), last === '~' ? null : last];
  }

  /** The days of a statement or a decision: its own, or else those of its meeting. */
  static getOwnDays(data: any, meetings: readonly Meeting[]): Days {
    if (data.at !== undefined) return [toDay(data.at), toDay(data.at)];
    return NaiveProjections.getDays(meetings.find(({ id }) => id === data.meeting)!) as Days;
  }

  /** The calendar of meetings that may be on these days. */
  calendar(from?: string, to?: string): unknown[] {
    return this.meetings()
      .map((meeting) => ({ meeting, days: NaiveProjections.getDays(meeting) }))
      .filter(({ days }) => (from === undefined && to === undefined) || (days && (from ?? '') <= toLatest(days[1]) && toEarliest(days[0]) <= (to ?? '~')))
      .sort((a, b) => Number(!a.days) - Number(!b.days) || (a.days && b.days ? compareDays(a.days, b.days) : 0) || compare(a.meeting.id, b.meeting.id))
      .map(({ meeting: { id, status, plan, opened, closed } }) => [id, status, plan, opened ?? null, closed ?? null]); // prettier-ignore
  }

  upcoming(from: string): string[] {
    const all = this.meetings();
    const pairs = all.flatMap(({ id, before, after }) => [before === undefined ? [] : [`${id} ${before}`], after === undefined ? [] : [`${after} ${id}`]].flat()); // prettier-ignore
    const reach = new Set(pairs);
    for (let size = -1; size !== reach.size;) {
      size = reach.size;
      for (const one of [...reach])
        for (const two of [...reach]) {
          const [a, b, c, d] = `${one} ${two}`.split(' ');
          if (b === c) reach.add(`${a} ${d}`);
        }
    }
    const daysOf = (meeting: Meeting): Days => NaiveProjections.getDays(meeting) ?? [null, null];
    let waiting = all
      .filter((meeting) => !['cancelled', 'closed'].includes(meeting.status) && toLatest(daysOf(meeting)[1]) >= from)
      .sort((a, b) => Number(a.plan === null) - Number(b.plan === null) || compareDays(daysOf(a), daysOf(b)) || compare(a.id, b.id)); // prettier-ignore
    const ordered: string[] = [];
    while (waiting.length > 0) {
      const next = waiting.find(({ id }) => !waiting.some((other) => reach.has(`${other.id} ${id}`)))!;
      ordered.push(next.id);
      waiting = waiting.filter((each) => each !== next);
    }
    return ordered;
  }

  #factsOfType(type: string): EffectiveFact[] {
    return this.meetings()
      .flatMap(({ facts }) => facts.filter((fact) => fact.type === type))
      .sort((a, b) => a.entry - b.entry);
  }

  statements(is: (data: any, days: Days) => boolean): unknown[] {
    const meetings = this.meetings();
    return this.#factsOfType('StatementRecorded')
      .filter(({ data }) => is(data, NaiveProjections.getOwnDays(data, meetings)))
      .map(({ data, isCorrected }) => [
        data.meeting,
        data.statement,
        data.text,
        data.speaker ?? null,
        isCorrected,
      ]);
  }

  topics(): unknown[] {
    const counted = new Map<string, number>();
    for (const { data } of this.#factsOfType('StatementRecorded'))
      for (const topic of data.topics ?? []) counted.set(topic, (counted.get(topic) ?? 0) + 1);
    return [...counted].sort(([a], [b]) => compare(a, b));
  }

  decisions(is: (data: any, days: Days) => boolean = () => true): unknown[] {
    const reports = this.#factsOfType('ReportHeard');
    const meetings = this.meetings();
    const found = this.#factsOfType('DecisionTaken').filter(({ data }) => is(data, NaiveProjections.getOwnDays(data, meetings))); // prettier-ignore
    return found.map(({ data: { meeting, decision, outcome } }) => [
      meeting,
      decision,
      outcome,
      reports
        .filter(({ data }) => (data.concerning ?? []).some((about: any) => (about.meeting ?? data.meeting) === meeting && about.decision === decision))
        .map(({ data }) => `${data.meeting} ${data.report}`),
    ]); // prettier-ignore
  }

  /** One meeting's dates, agenda, participants and minutes; undefined if it is not known. */
  record(id: string): unknown {
    const meeting = this.meetings().find((each) => each.id === id);
    if (!meeting) return undefined;
    const of = (type: string) => meeting.facts.filter((fact) => fact.type === type);
    const present = new Map<string, [string, number]>();
    for (const { data, entry } of of('ParticipantRecorded'))
      present.set(data.participant, [data.presence, entry]);
    const approved = of('MinutesApproved').at(-1);
    return {
      title: meeting.title,
      dates: meeting.dates,
      sittings: meeting.sittings,
      agenda: of('AgendaItemAdded').map(({ data }) => [data.item, data.title, of('AgendaItemWithdrawn').some((other) => other.data.item === data.item)]),
      participants: [...present].sort(([, [, a]], [, [, b]]) => a - b).map(([who, [how]]) => [who, how]),
      minutes: [approved ? 'approved' : of('MinutesCirculated').length > 0 ? 'circulated' : 'none', approved?.data.at ?? null],
    }; // prettier-ignore
  }
}
