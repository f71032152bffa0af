// The notices of a member, each with an id that the client chose: in record order, since an id is known once it is recorded.
// Pure.
import type { Map } from 'immutable';
import { isWhollyBefore, parseBounds } from '../../dates/edtf.js';
import type { DataOf } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import type { MembershipCommand, NoticeGiven, NoticePostponed } from './events.js';

/** By id. */
export type Notices = Map<string, 'given' | 'rescinded'>;

/** Why a command about a notice is refused, or one that follows from a notice. */
export function refuseNotice({ name, data }: MembershipCommand, notices: Notices): Refusal | undefined {
  switch (name) {
    case 'give-notice':
      return notices.has(data.notice)
        ? refuse(
            'already-recorded',
            `The notice "${data.notice}" of "${data.member}" is already recorded with other data.`,
            '/notice',
          )
        : refuseEarlierEffect(data);
    case 'postpone-notice':
      return refuseUnlessGiven(data.notice, notices) ?? refuseEarlierEffect(data);
    case 'rescind-notice':
      return refuseUnlessGiven(data.notice, notices);
    case 'end-membership':
      return data.notice === undefined ? undefined : refuseUnlessGiven(data.notice, notices);
    default:
      return undefined;
  }
}

function refuseUnlessGiven(notice: string, notices: Notices): Refusal | undefined {
  switch (notices.get(notice)) {
    case undefined:
      return refuse(
        'unknown-reference',
        `There is no notice "${notice}": record it first (give-notice), or correct the id.`,
        '/notice',
      );
    case 'rescinded':
      return refuse('notice-rescinded', `The notice "${notice}" was rescinded.`, '/notice');
    case 'given':
      return undefined;
  }
}

function refuseEarlierEffect({
  effective,
  takesEffect,
}: DataOf<NoticeGiven> | DataOf<NoticePostponed>): Refusal | undefined {
  return takesEffect !== undefined && isWhollyBefore(parseBounds(takesEffect), parseBounds(effective))
    ? refuse('invalid-value', `It would take effect before ${effective}.`, '/takesEffect')
    : undefined;
}
