// When something was said or decided: at a time of its own, or on the days of its meeting.
import { toInstantWithBounds } from '../../src/dates/instant.js';
import { nullable } from '../../src/read-models/declaration/shape.js';
import { dateShape } from './answer-shapes.js';

export const OWN_DAY_COLUMNS = { at: 'text?', at_earliest: 'text?', at_latest: 'text?' } as const;

export function toOwnDayColumns(time: string | undefined) {
  if (time === undefined) return { at: null, at_earliest: null, at_latest: null };
  const { earliest, latest } = toInstantWithBounds(time);
  return { at: time, at_earliest: earliest, at_latest: latest };
}

export const ownTimeShape = nullable(dateShape);
export const toOwnTime = (time: string | null) => (time === null ? null : toInstantWithBounds(time));

/**
 * SQL for the filters `from` and `to`, which are days: whether the row `t` may be of then, by its own time or else by the
 * days of its meeting `m`.
 */
export const createOwnDayConditions = (t: string) => ({
  from: `coalesce(CASE WHEN ${t}.at IS NULL THEN m.day_latest ELSE ${t}.at_latest END, '~') >= @from`,
  to: `coalesce(CASE WHEN ${t}.at IS NULL THEN m.day_earliest ELSE ${t}.at_earliest END, '') <= @to`,
});
