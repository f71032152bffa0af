// The members of an organization on a day, and the organizations of a member: with what is so of them on that day.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import { MEMBER_CATEGORIES, type MemberCategory } from '../../src/domain/membership/events.js';
import { paginate } from '../../src/read-models/declaration/paginate.js';
import type { QueryRequest } from '../../src/read-models/declaration/route.js';
import {
  boolean,
  inTable,
  integer,
  nullable,
  object,
  oneOf,
  optionalMember,
  text,
} from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import {
  certaintyShape,
  dateShape,
  disputeMembers,
  entriesShape,
  instrumentShape,
  nameShape,
} from '../_shared/answer-shapes.js';
import { conflictMembers, toConflictFields } from '../_shared/conflicts.js';
import {
  beginsBeforeFoundingSql,
  findDissolution,
  periodsWithDissolutionSql,
} from '../_shared/dissolutions.js';
import { toDisputeFields } from '../_shared/disputes.js';
import { createFilterConditions } from '../_shared/filters.js';
import {
  hasLapsedSql,
  isInTenureSql,
  type SuspensionRow,
  type TenureRow,
} from '../_shared/membership-tables.js';
import { isKnownParty, type LocalizedName, nameOnDaySql, selectName } from '../_shared/names.js';
import {
  certainOnDaySql,
  periodsOnDaySql,
  possibleOnDaySql,
  selectPeriodEnd,
  toCertainty,
  toDateOrNull,
} from '../_shared/periods.js';
import { stagesSql } from '../_shared/treaty-tables.js';
import { findPendingNotice, listNotices, noticesShape } from './notices.js';

/** In the columns of a row: of several possible values it is not known which one holds. */
const UNCERTAIN = '?';
/** In the columns of a row: no fact says a value. Filters name it `none`. */
const UNSAID = '';
const NONE = 'none';

export const memberFilters = {
  votingRight: {
    kind: 'one-of',
    values: ['true', 'false', NONE],
    about: 'Members with this voting right on the day; none: of which nothing is said.',
  },
  category: {
    kind: 'one-of',
    values: [...MEMBER_CATEGORIES, NONE],
    about: 'Members of this category on the day; none: of which nothing is said.',
  },
} as const;

export const membershipMembers = {
  name: nameShape,
  since: dateShape,
  participation: oneOf(['active', 'suspended', 'not-participating']),
  certainty: certaintyShape,
  until: nullable(dateShape),
  category: nullable(oneOf(MEMBER_CATEGORIES)),
  categoryCertainty: optionalMember(
    oneOf(['possible'], 'Where imprecise dates leave several categories; category is then null.'),
  ),
  votingRight: nullable(boolean('Null if nothing is said, or if it is not certain.')),
  votingRightCertainty: optionalMember(
    oneOf(['possible'], 'Where imprecise dates leave it open; votingRight is then null.'),
  ),
  votes: nullable(integer()),
  onBehalfOf: nullable(text('An organization.')),
  stage: nullable(
    oneOf(['signed', 'ratified', 'provisional'], 'How far the consent to the treaty certainly went.'),
  ),
  suspension: nullable(
    inTable(
      object(
        {
          from: dateShape,
          by: nullable(text()),
          scope: nullable(text()),
          reason: nullable(text()),
          suspendedBy: nullable(text('An organization.')),
          notified: nullable(dateShape),
          decided: nullable(dateShape),
        },
        'SuspensionOnDay',
      ),
      'json',
    ),
  ),
  notices: noticesShape,
  notified: nullable(dateShape),
  decided: nullable(dateShape),
  instrument: nullable(inTable(instrumentShape, 'json')),
  entries: entriesShape,
  ...conflictMembers,
  ...disputeMembers,
};

type MemberRow = LocalizedName &
  TenureRow & {
    readonly id: string;
    readonly is_certain: number;
    readonly has_notices: number;
    readonly category: MemberCategory | typeof UNCERTAIN | typeof UNSAID;
    readonly voting_right: 'true' | 'false' | typeof UNCERTAIN | typeof UNSAID;
    readonly votes: string;
    readonly stage: 'signed' | 'ratified' | 'provisional' | null;
    readonly suspension_row: number | null;
    readonly is_early: number;
    readonly has_predecessor: number;
  };

/**
 * SQL: the value of a table of periods on `@day` in the tenure `b`, as text. A value is uncertain if another one, or none,
 * is possible as well.
 */
const valueOnDaySql = (view: View, table: string, value: string): string => {
  const rows = `FROM ${view.table(table)} v WHERE ${isInTenureSql('v', 'b')}`;
  return `(SELECT CASE count(DISTINCT w.value) WHEN 0 THEN '${UNSAID}' WHEN 1 THEN max(w.value) ELSE '${UNCERTAIN}' END FROM (
      SELECT ${value} AS value ${rows} AND ${possibleOnDaySql('v')}
      UNION ALL SELECT '${UNSAID}' WHERE NOT EXISTS (SELECT 1 ${rows} AND v.since_latest <= @day)) w)`;
};

const stageOnDaySql = (view: View): string =>
  `(SELECT g.stage FROM ${stagesSql(view, (t) => `${t}.organization = b.organization AND ${t}.member = b.member`)} g
    WHERE ${certainOnDaySql('g')}
    ORDER BY CASE g.stage WHEN 'ratified' THEN 1 WHEN 'provisional' THEN 2 ELSE 3 END LIMIT 1)`;

/** SQL: whether a party whose place the member of the tenure `b` took is certainly a member on `@day`, too. */
const hasPredecessorSql = (view: View): string =>
  `EXISTS (SELECT 1 FROM ${view.table('successions')} c
    JOIN ${periodsWithDissolutionSql(view, 'tenures', 's.member', 's.organization = b.organization')} o ON o.member = c.predecessor
    WHERE ${isInTenureSql('c', 'b')} AND c.how <> 'separation' AND c.since_latest <= @day
      AND ${certainOnDaySql('o')} AND NOT ${hasLapsedSql(view, 'o')})`;

function createMembersSql(
  view: View,
  whose: 'organization' | 'member',
  filters: QueryRequest['filters'],
): string {
  const other = whose === 'organization' ? 'member' : 'organization';
  const periods = (table: string): string =>
    periodsWithDissolutionSql(view, table, 's.member', `s.${whose} = @party`);
  const toValue = (filter: string): string =>
    `CASE @${filter} WHEN '${NONE}' THEN '${UNSAID}' ELSE @${filter} END`;
  return `SELECT * FROM (
      SELECT b.*, b.${other} AS id, n.name, n.names, b.is_certain AND NOT ${hasLapsedSql(view, 'b')} AS is_sure,
        ${valueOnDaySql(view, 'categories', 'v.category')} AS category,
        ${valueOnDaySql(view, 'voting_rights', "CASE v.is_granted WHEN 1 THEN 'true' ELSE 'false' END")} AS voting_right,
        ${valueOnDaySql(view, 'voting_rights', `coalesce(v.votes, '${UNSAID}')`)} AS votes,
        ${stageOnDaySql(view)} AS stage,
        (SELECT s.row FROM ${periods('suspensions')} s
          WHERE ${isInTenureSql('s', 'b')} AND ${certainOnDaySql('s')}) AS suspension_row,
        EXISTS (SELECT 1 FROM ${view.table('notice_facts')} f WHERE ${isInTenureSql('f', 'b')}) AS has_notices,
        ${beginsBeforeFoundingSql(view, 'b')} AS is_early,
        ${hasPredecessorSql(view)} AS has_predecessor
      FROM ${periodsOnDaySql(periods('tenures'), 't.organization, t.member')} b
      LEFT JOIN ${nameOnDaySql(view, 'n', `b.${other}`)})
    ${createFilterConditions(filters, {
      votingRight: `voting_right = ${toValue('votingRight')}`,
      category: `category = ${toValue('category')}`,
    })}`;
}

/** The members or organizations of a party on a day: of two tenures the certain one, else the later one. */
export function findMembersOnDay(
  view: View,
  whose: 'organization' | 'member',
  party: string,
  { day, languages, filters, limit, after, only }: QueryRequest,
) {
  if (!isKnownParty(view, party)) return undefined;
  const found = paginate<MemberRow & { readonly is_sure: number }>(view, {
    sql: createMembersSql(view, whose, filters),
    parameters: { party, day, ...filters },
    order: ['id'],
    after,
    only,
    limit,
  });
  return { ...found, items: found.items.map((row) => toMember(view, row, day, languages)) };
}

function toMember(
  view: View,
  row: MemberRow & { readonly is_sure: number },
  day: string,
  languages: readonly string[],
) {
  const suspension = findSuspension(view, row.suspension_row);
  const notices = row.has_notices === 1 ? listNotices(view, row, day) : [];
  const pending = row.until === null ? findPendingNotice(notices) : undefined;
  const end = selectPeriodEnd(row, findDissolution(view, row.organization, row.member));
  return {
    id: row.id,
    name: selectName(languages, row),
    since: toDateWithBounds(row.since),
    participation: suspension?.participation ?? ('active' as const),
    certainty: toCertainty(row.is_sure),
    until: toDateOrNull(end) ?? pending?.takesEffect ?? null,
    ...toCategoryFields(row),
    ...toVotingFields(row),
    onBehalfOf: row.on_behalf_of,
    stage: row.stage,
    suspension: toSuspension(suspension),
    notices,
    notified: toDateOrNull(row.end_notified) ?? pending?.given ?? toDateOrNull(suspension?.notified ?? null),
    decided: toDateOrNull(row.end_decided ?? suspension?.decided ?? null),
    instrument: row.instrument,
    entries: suspension ? [row.since_entry, suspension.since_entry] : [row.since_entry],
    ...toConflictFields(
      row.is_early === 1 && 'before-founded',
      row.has_predecessor === 1 && row.is_sure === 1 && 'predecessor-still-member',
    ),
    ...toDisputeFields(row.disputes, suspension?.disputes ?? null),
  };
}

const findSuspension = (view: View, row: number | null): SuspensionRow | undefined =>
  row === null
    ? undefined
    : view.get<SuspensionRow>(`SELECT s.* FROM ${view.table('suspensions')} s WHERE s.row = @row`, { row });

const toSuspension = (suspension: SuspensionRow | undefined) =>
  suspension?.participation === 'suspended'
    ? {
        from: toDateWithBounds(suspension.since),
        by: suspension.by,
        scope: suspension.scope,
        reason: suspension.reason,
        suspendedBy: suspension.suspended_by,
        notified: toDateOrNull(suspension.notified),
        decided: toDateOrNull(suspension.decided),
      }
    : null;

const toCategoryFields = ({ category }: MemberRow) =>
  category === UNCERTAIN
    ? { category: null, categoryCertainty: 'possible' as const }
    : { category: category === UNSAID ? null : category };

function toVotingFields({ voting_right: right, votes }: MemberRow) {
  if (right === UNCERTAIN)
    return { votingRight: null, votingRightCertainty: 'possible' as const, votes: null };
  return {
    votingRight: right === UNSAID ? null : right === 'true',
    votes: votes === UNSAID || votes === UNCERTAIN ? null : Number(votes),
  };
}
