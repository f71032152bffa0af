// When somebody held which office, in valid time. The decider judges by it, read models order by it.
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import { type AlternatingTimeline, checkAlternation, listPeriods } from '../alternating-timeline.js';
import type { OfficeEvent } from './events.js';

export const officeTimeline: AlternatingTimeline<OfficeEvent> = {
  startEventType: 'OfficeAssumed',
  refuseRepeatedStart: ({ data }) =>
    refuse(
      'already-in-office',
      `"${data.person}" is ${data.office} of "${data.organization}" already in ${data.effective}.`,
    ),
  refuseMissingStart: ({ data }) =>
    refuse(
      'not-in-office',
      `"${data.person}" is not ${data.office} of "${data.organization}" in ${data.effective}.`,
    ),
};

/** One office of one organization. Each has a timeline of its own. */
export const getOfficeKey = ({ data }: OfficeEvent): string =>
  JSON.stringify([data.organization, data.office]);

/** The facts of each office apart, in record order. */
export const groupByOffice = <F extends OfficeEvent>(facts: readonly F[]): readonly F[][] => [
  ...Map.groupBy(facts, getOfficeKey).values(),
];

/** Whether the facts of one office, in record order, can have happened in some order that their dates allow. */
export const checkTimeline = (facts: readonly OfficeEvent[]): Refusal | undefined =>
  checkAlternation(facts, officeTimeline);

/** The times in office that a legal history of one office tells. */
export const listOfficePeriods = <F extends OfficeEvent>(facts: readonly F[]) =>
  listPeriods<F>(facts, officeTimeline);
