// Every tenure of every member, with what changed in it.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import { paginate } from '../../src/read-models/declaration/paginate.js';
import type { QueryRequest } from '../../src/read-models/declaration/route.js';
import {
  boolean,
  inTable,
  integer,
  list,
  nullable,
  object,
  oneOf,
  text,
} from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import {
  dateShape,
  disputeMembers,
  entriesShape,
  instrumentShape,
  nameShape,
} from '../_shared/answer-shapes.js';
import { conflictMembers, toConflictFields } from '../_shared/conflicts.js';
import { beginsAfterDissolution, findDissolution, isFoundedAfter } from '../_shared/dissolutions.js';
import { toDisputeFields } from '../_shared/disputes.js';
import type {
  CategoryRow,
  SuccessionRow,
  SuspensionRow,
  TenureRow,
  VotingRightRow,
} from '../_shared/membership-tables.js';
import { isKnownParty, type LocalizedName, nameOnDaySql, selectName } from '../_shared/names.js';
import { selectPeriodEnd, toDateOrNull, toPeriod } from '../_shared/periods.js';
import { listNotices, noticesShape } from './notices.js';

const periodMembers = { from: dateShape, to: nullable(dateShape) };
const factMembers = { instrument: nullable(instrumentShape), ...disputeMembers };

const suspensionShape = object(
  {
    ...periodMembers,
    participation: oneOf(['suspended', 'not-participating']),
    by: nullable(text()),
    scope: nullable(text()),
    reason: nullable(text()),
    suspendedBy: nullable(text('An organization.')),
    notified: nullable(dateShape),
    decided: nullable(dateShape),
    ...factMembers,
  },
  'Suspension',
);
const categoryShape = object({ ...periodMembers, category: text(), ...factMembers }, 'CategoryPeriod');
const votingRightShape = object(
  {
    ...periodMembers,
    votingRight: boolean(),
    votes: nullable(integer()),
    reason: nullable(text('Why it was withdrawn.')),
    ...factMembers,
  },
  'VotingRightPeriod',
);
const successionShape = object(
  {
    effective: dateShape,
    predecessor: text('An organization, or person:<id>.'),
    how: text(),
    countedFrom: nullable(dateShape),
    ...factMembers,
  },
  'Succession',
);
const tenureShape = object(
  {
    ...periodMembers,
    endReason: nullable(text()),
    participation: list(suspensionShape, 'The suspensions, and the absences that nobody declared.'),
    categories: list(categoryShape),
    votingRights: list(votingRightShape, 'Nothing is said of the time before the first one.'),
    notices: noticesShape,
    successions: list(successionShape, 'Whose place the member took.'),
    onBehalfOf: nullable(text('An organization.')),
    instrument: nullable(inTable(instrumentShape, 'json')),
    notified: nullable(dateShape),
    decided: nullable(dateShape),
    endNotice: nullable(text('The notice that the end follows from.')),
    endInstrument: nullable(inTable(instrumentShape, 'json')),
    entries: entriesShape,
    ...conflictMembers,
    ...disputeMembers,
  },
  'Tenure',
);
export const memberHistoryShape = object(
  {
    member: text('An organization, or person:<id>.'),
    name: nameShape,
    // One row for each interval.
    intervals: inTable(list(tenureShape), tenureShape.column),
  },
  'MemberHistory',
);

/** All members that an organization ever had. */
export function findMemberHistory(view: View, { path, day, languages, limit, after, only }: QueryRequest) {
  const organization = path['organization'] ?? '';
  if (!isKnownParty(view, organization)) return undefined;
  const found = paginate<LocalizedName & { readonly member: string }>(view, {
    sql: `SELECT t.member, n.name, n.names
      FROM (SELECT DISTINCT member FROM ${view.table('tenures')} WHERE organization = @organization) t
      LEFT JOIN ${nameOnDaySql(view, 'n', 't.member')}`,
    parameters: { organization, day },
    order: ['member'],
    after,
    only,
    limit,
  });
  return {
    ...found,
    items: found.items.map((row) => ({
      member: row.member,
      name: selectName(languages, row),
      intervals: listTenures(view, organization, row.member),
    })),
  };
}

type Dissolution = ReturnType<typeof findDissolution>;

/** Every tenure of one member. */
function listTenures(view: View, organization: string, member: string) {
  const listRows = <R extends { readonly position: string }>(table: string): readonly R[] =>
    view.all<R>(
      `SELECT * FROM ${view.table(table)} WHERE organization = @organization AND member = @member ORDER BY position`,
      { organization, member },
    );
  const suspensions = listRows<SuspensionRow>('suspensions');
  const categories = listRows<CategoryRow>('categories');
  const votingRights = listRows<VotingRightRow>('voting_rights');
  const successions = listRows<SuccessionRow>('successions');
  const dissolution = findDissolution(view, organization, member);
  return listRows<TenureRow>('tenures').map((tenure) => {
    const selectRows = <R extends { readonly position: string }>(rows: readonly R[]): readonly R[] =>
      rows.filter((row) => isInTenure(tenure, row));
    const parts = {
      suspensions: selectRows(suspensions),
      categories: selectRows(categories),
      votingRights: selectRows(votingRights),
      successions: selectRows(successions),
    };
    const notices = listNotices(view, tenure);
    const entries = [tenure, ...Object.values(parts).flat()].flatMap(({ since_entry, until_entry }) => [
      since_entry,
      ...(until_entry === null ? [] : [until_entry]),
    ]);
    return {
      ...toTenure(tenure, parts, dissolution),
      notices,
      entries: [...new Set([...entries, ...notices.flatMap((each) => each.entries)])].sort((a, b) => a - b),
      ...toConflictFields(
        isFoundedAfter(view, organization, tenure.since_latest) && 'before-founded',
        dissolution !== undefined && beginsAfterDissolution(tenure, dissolution) && dissolution.reason,
      ),
      ...toDisputeFields(tenure.disputes, tenure.end_disputes),
    };
  });
}

type TenureParts = {
  readonly suspensions: readonly SuspensionRow[];
  readonly categories: readonly CategoryRow[];
  readonly votingRights: readonly VotingRightRow[];
  readonly successions: readonly SuccessionRow[];
};

function toTenure(tenure: TenureRow, parts: TenureParts, dissolution: Dissolution) {
  const until = selectPeriodEnd(tenure, dissolution);
  const toFactFields = ({ instrument, disputes }: Pick<TenureRow, 'instrument' | 'disputes'>) => ({
    instrument,
    ...toDisputeFields(disputes),
  });
  const toBounded = (row: Pick<TenureRow, 'since' | 'until' | 'until_latest'>) =>
    toPeriod({ ...row, until: selectPeriodEnd(row, dissolution) });
  return {
    ...toPeriod({ ...tenure, until }),
    endReason: until === tenure.until ? tenure.end_reason : (dissolution?.reason ?? null),
    participation: parts.suspensions.map((each) => ({
      ...toBounded(each),
      participation: each.participation,
      by: each.by,
      scope: each.scope,
      reason: each.reason,
      suspendedBy: each.suspended_by,
      notified: toDateOrNull(each.notified),
      decided: toDateOrNull(each.decided),
      ...toFactFields(each),
    })),
    categories: parts.categories.map((each) => ({
      ...toBounded(each),
      category: each.category,
      ...toFactFields(each),
    })),
    votingRights: parts.votingRights.map((each) => ({
      ...toBounded(each),
      votingRight: each.is_granted === 1,
      votes: each.votes,
      reason: each.reason,
      ...toFactFields(each),
    })),
    successions: parts.successions.map((each) => ({
      effective: toDateWithBounds(each.since),
      predecessor: each.predecessor,
      how: each.how,
      countedFrom: toDateOrNull(each.counted_from),
      ...toFactFields(each),
    })),
    onBehalfOf: tenure.on_behalf_of,
    instrument: tenure.instrument,
    notified: toDateOrNull(tenure.end_notified),
    decided: toDateOrNull(tenure.end_decided),
    endNotice: tenure.end_notice,
    endInstrument: tenure.end_instrument,
  };
}

/** Whether a row of the same member belongs to a tenure. */
const isInTenure = ({ position, until_position }: TenureRow, row: { readonly position: string }): boolean =>
  row.position >= position && (until_position === null || row.position < until_position);
