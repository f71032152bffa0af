// The notices of a tenure as they stand on a day.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import { list, nullable, object, oneOf, text } from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { dateShape, disputeMembers, entriesShape, instrumentShape } from '../_shared/answer-shapes.js';
import { toDisputeFields } from '../_shared/disputes.js';
import { isInTenureSql, type NoticeFactRow, type TenureRow } from '../_shared/membership-tables.js';
import { toDateOrNull } from '../_shared/periods.js';

export const noticesShape = list(
  object(
    {
      notice: text(),
      of: oneOf(['withdrawal', 'suspension']),
      given: dateShape,
      takesEffect: nullable(dateShape),
      postponed: list(dateShape, 'When it was postponed.'),
      rescinded: nullable(dateShape),
      reason: nullable(text('Why it was rescinded.')),
      instrument: nullable(instrumentShape),
      entries: entriesShape,
      ...disputeMembers,
    },
    'Notice',
  ),
  'The notices that were given.',
);

/** The notices of a tenure, in the order of their days. `day`: those only that may be given by then, as they stand then. */
export function listNotices(
  view: View,
  { organization, member, position, until_position }: TenureKey,
  day?: string,
) {
  const facts = view.all<NoticeFactRow>(
    `SELECT n.* FROM ${view.table('notice_facts')} n,
      (SELECT @organization AS organization, @member AS member, @position AS position, @until AS until_position) t
    WHERE ${isInTenureSql('n', 't')} AND (@day IS NULL OR n.since_earliest IS NULL OR n.since_earliest <= @day)
    ORDER BY n.position`,
    { organization, member, position, until: until_position, day: day ?? null },
  );
  return [...Map.groupBy(facts, ({ notice }) => notice).values()].flatMap(toNotice);
}
type TenureKey = Pick<TenureRow, 'organization' | 'member' | 'position' | 'until_position'>;
type Notice = ReturnType<typeof listNotices>[number];

/** A notice whose beginning is not known yet on the day is none. */
function toNotice(facts: readonly NoticeFactRow[]) {
  const given = facts.find(({ change }) => change === 'given');
  if (!given?.of) return [];
  const rescinded = facts.find(({ change }) => change === 'rescinded');
  const effects = facts.filter(({ change }) => change !== 'rescinded');
  return {
    notice: given.notice,
    of: given.of,
    given: toDateWithBounds(given.since),
    takesEffect: toDateOrNull(effects.at(-1)?.takes_effect ?? null),
    postponed: facts
      .filter(({ change }) => change === 'postponed')
      .map(({ since }) => toDateWithBounds(since)),
    rescinded: toDateOrNull(rescinded?.since ?? null),
    reason: rescinded?.reason ?? null,
    instrument: given.instrument,
    entries: facts.map(({ since_entry }) => since_entry).sort((a, b) => a - b),
    ...toDisputeFields(...facts.map(({ disputes }) => disputes)),
  };
}

/** The notice of withdrawal that takes effect first. */
export const findPendingNotice = (notices: readonly Notice[]): Notice | undefined =>
  notices
    .filter(
      ({ of: subject, rescinded, takesEffect }) => subject === 'withdrawal' && !rescinded && takesEffect,
    )
    .sort((a, b) => ((a.takesEffect?.latest ?? '~') < (b.takesEffect?.latest ?? '~') ? -1 : 1))
    .at(0);
