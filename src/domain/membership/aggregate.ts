import { type CommandDeclaration, defineAggregate } from '../../eventsourcing/aggregate.js';
import type { InnerId } from '../../eventsourcing/aggregate.js';
import { ALREADY_RECORDED_PROBLEM } from '../already-recorded-problem.js';
import { SELF_REFERENCE_PROBLEM } from '../self-reference-problem.js';
import * as requests from './commands.js';
import { membershipDecider } from './decider.js';
import { MEMBERSHIP_EVENTS_BY_COMMAND, type MembershipCommand, type MembershipEvent } from './events.js';

type CommandName = MembershipCommand['name'];

type CommandDescription<Name extends CommandName> = Omit<
  CommandDeclaration<string, Extract<MembershipCommand, { readonly name: Name }>['data']>,
  'event'
>;

/** What most examples rest on. */
const INVENTED = 'An example for trying out: no source says so.';
const TREATY = {
  title: 'Collective Security Treaty',
  symbol: 'UNTS 32307',
  signed: '1992-05-15',
  inForce: '1994-04-20',
  url: 'https://treaties.un.org/doc/32307.pdf',
};
const DECISION = {
  title: 'Decision of the Collective Security Council',
  symbol: 'CSC 2012/1',
  signed: '2012-12-19',
  inForce: '2012-12-19',
  url: 'https://odkb-csto.org/decisions/2012-1',
};
const NOTE = {
  title: 'Note of Uzbekistan to the Secretariat of the CSTO',
  symbol: '05/3141',
  signed: '2012-06-20',
  inForce: '2012-06-28',
  url: 'https://tass.com/world/678014',
};

const descriptions: { readonly [Name in CommandName]: CommandDescription<Name> } = {
  'admit-member': {
    request: requests.AdmitMember,
    about: 'Records that a member joined.',
    example: {
      organization: 'csto-cfm',
      member: 'person:yerzhan-kazykhanov',
      effective: '[..2011-05-31]',
      category: 'full',
      onBehalfOf: 'kazakhstan',
      instrument: {
        title: 'Decree on the appointment of the Minister of Foreign Affairs',
        symbol: '63',
        signed: '2011-04-11',
        inForce: '2011-04-11',
        url: 'https://akorda.kz/en/decrees/63',
      },
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 1' }],
      note: 'The council has the ministers as its members. The decree is invented.',
    },
  },
  'succeed-member': {
    request: requests.SucceedMember,
    about:
      'Records that a member took the place of another party. It ends nothing: record the end of the membership of the other one, too.',
    example: {
      organization: 'un',
      member: 'russia',
      predecessor: 'cis',
      how: 'continuation',
      effective: '1991-12-24',
      countedFrom: '1945-10-24',
      instrument: {
        title: 'Letter of the President of the Russian Federation to the Secretary-General',
        symbol: '1991/RUSSIA',
        signed: '1991-12-24',
        inForce: '1991-12-24',
        url: 'https://legal.un.org/unjuridicalyearbook',
      },
      sources: [{ source: 'encyclopaedias', locator: 'Member states' }],
      note: 'It continued the Soviet Union, which the book does not have; so the example names another party.',
    },
  },
  'give-notice': {
    request: requests.GiveNotice,
    about:
      'Records that a member announced to withdraw or to be suspended. A notice ends nothing: from the day of its effect on, the membership is only possible.',
    example: {
      organization: 'csto',
      member: 'uzbekistan',
      notice: 'note-2012-06-28',
      of: 'withdrawal',
      effective: '2012-06-28',
      takesEffect: '2012-12-28',
      instrument: NOTE,
      sources: [{ source: 'tass-678014', locator: 'paragraph 1' }],
      note: 'The day of its effect and the number of the note are invented.',
    },
  },
  'postpone-notice': {
    request: requests.PostponeNotice,
    about: 'Records that a notice takes effect on another day.',
    exampleFollows: 'give-notice',
    example: {
      organization: 'csto',
      member: 'uzbekistan',
      notice: 'note-2012-06-28',
      effective: '2012-09',
      takesEffect: '2013-06-28',
      instrument: NOTE,
      sources: [{ source: 'tass-678014', locator: 'paragraph 2' }],
      note: INVENTED,
    },
  },
  'end-membership': {
    request: requests.EndMembership,
    about: 'Records that a membership ended; the date is the first day without membership.',
    exampleFollows: 'give-notice',
    example: {
      organization: 'csto',
      member: 'uzbekistan',
      effective: '2012-12-19',
      reason: 'withdrew',
      notified: '2012-06-28',
      decided: '2012-12-19',
      notice: 'note-2012-06-28',
      instrument: DECISION,
      sources: [{ source: 'tass-687141', locator: 'paragraph 1' }],
      note: 'Others call it a suspension. The symbol of the decision is invented.',
    },
  },
  'rescind-notice': {
    request: requests.RescindNotice,
    about: 'Records that a member took a notice back.',
    exampleFollows: 'give-notice',
    example: {
      organization: 'csto',
      member: 'uzbekistan',
      notice: 'note-2012-06-28',
      effective: '2012-12-18',
      reason: 'The summit found another solution.',
      instrument: NOTE,
      sources: [{ source: 'tass-687141', locator: 'paragraph 2' }],
      note: INVENTED,
    },
  },
  'suspend-participation': {
    request: requests.SuspendParticipation,
    about: 'Records that a member stopped participating; it remains a member.',
    example: {
      organization: 'csto',
      member: 'belarus',
      effective: '2009-06-14',
      by: 'member',
      scope: 'The sessions of the Collective Security Council.',
      reason: 'A dispute over trade.',
      suspendedBy: 'belarus',
      notified: '2009-06-13',
      decided: '2009-06-14',
      instrument: { ...DECISION, symbol: 'CSC 2009/1', signed: '2009-06-14', inForce: '2009-06-14' },
      sources: [{ source: 'mfa-by', locator: 'Chronicle' }],
      note: INVENTED,
    },
  },
  'leave-participation': {
    request: requests.LeaveParticipation,
    about:
      'Records that a member does not participate, without a declared suspension; it remains a member. It closes a suspension.',
    example: {
      organization: 'csto',
      member: 'kyrgyzstan',
      effective: '2010-04~',
      instrument: { ...DECISION, symbol: 'CSC 2010/1', signed: '2010-04-15', inForce: '2010-04-15' },
      sources: [{ source: 'mfa-by', locator: 'Chronicle' }],
      note: INVENTED,
    },
  },
  'resume-participation': {
    request: requests.ResumeParticipation,
    about: 'Records that a member participates again.',
    example: {
      organization: 'csto',
      member: 'armenia',
      effective: '2030~',
      instrument: { ...DECISION, symbol: 'CSC 2030/1', signed: '2030', inForce: '2030' },
      sources: [{ source: 'france24-2024-02-22', locator: 'minute 4' }],
      note: INVENTED,
    },
  },
  'change-category': {
    request: requests.ChangeCategory,
    about: 'Records of which category a member is from a date on.',
    example: {
      organization: 'csto',
      member: 'tajikistan',
      category: 'associate',
      effective: '2030~',
      instrument: { ...DECISION, symbol: 'CSC 2030/2', signed: '2030', inForce: '2030' },
      sources: [{ source: 'encyclopaedias', locator: 'Member states' }],
      note: INVENTED,
    },
  },
  'grant-voting-right': {
    request: requests.GrantVotingRight,
    about: 'Records that a member may vote from a date on, or has another number of votes.',
    example: {
      organization: 'csto',
      member: 'kazakhstan',
      votes: 1,
      effective: '2002-10-07',
      instrument: { ...TREATY, title: 'Charter of the CSTO', signed: '2002-10-07', inForce: '2003-09-18' },
      sources: [{ source: 'encyclopaedias', locator: 'Organs' }],
      note: INVENTED,
    },
  },
  'withdraw-voting-right': {
    request: requests.WithdrawVotingRight,
    about: 'Records that a member may not vote from a date on.',
    example: {
      organization: 'csto',
      member: 'armenia',
      reason: 'arrears',
      effective: '2029',
      instrument: { ...DECISION, symbol: 'CSC 2029/1', signed: '2029', inForce: '2029' },
      sources: [{ source: 'france24-2024-02-22', locator: 'minute 4' }],
      note: INVENTED,
    },
  },
  'sign-instrument': {
    request: requests.SignInstrument,
    about: 'Records that a party signed the treaty of an organization. It makes nobody a member.',
    example: {
      organization: 'csto',
      member: 'armenia',
      effective: '1992-05-15',
      instrument: TREATY,
      sources: [{ source: 'treaty-1992', locator: 'the signatures' }],
      note: 'It was signed in Tashkent.',
    },
  },
  'withdraw-signature': {
    request: requests.WithdrawSignature,
    about: 'Records that a party withdrew its signature.',
    example: {
      organization: 'csto',
      member: 'georgia',
      effective: '1999-04-02',
      reason: 'It did not sign the protocol that prolonged the treaty.',
      instrument: TREATY,
      sources: [{ source: 'mfa-by', locator: 'Chronicle' }],
      note: INVENTED,
    },
  },
  'deposit-instrument': {
    request: requests.DepositInstrument,
    about:
      'Records that a party deposited its consent to be bound by the treaty of an organization. It makes nobody a member.',
    example: {
      organization: 'csto',
      member: 'belarus',
      kind: 'accession',
      effective: '1993-12-31',
      entersIntoForce: '1994-04-20',
      declarations: ['Forces of Belarus are not sent abroad without the consent of its parliament.'],
      instrument: TREATY,
      sources: [{ source: 'mfa-by', locator: 'Chronicle' }],
      note: 'The declaration is invented.',
    },
  },
  'withdraw-instrument': {
    request: requests.WithdrawInstrument,
    about: 'Records that a party withdrew what it had deposited.',
    example: {
      organization: 'csto',
      member: 'azerbaijan',
      kind: 'ratification',
      effective: '1999-04-02',
      instrument: TREATY,
      sources: [{ source: 'mfa-by', locator: 'Chronicle' }],
      note: INVENTED,
    },
  },
  'apply-provisionally': {
    request: requests.ApplyProvisionally,
    about: 'Records that a party applies the treaty of an organization before it is bound.',
    example: {
      organization: 'csto',
      member: 'georgia',
      effective: '1993-12-09',
      instrument: TREATY,
      sources: [{ source: 'encyclopaedias', locator: 'History' }],
      note: INVENTED,
    },
  },
  'end-provisional-application': {
    request: requests.EndProvisionalApplication,
    about: 'Records that a party does not apply a treaty provisionally any more.',
    exampleFollows: 'apply-provisionally',
    example: {
      organization: 'csto',
      member: 'georgia',
      effective: '1994-04-20',
      instrument: TREATY,
      sources: [{ source: 'encyclopaedias', locator: 'History' }],
      note: INVENTED,
    },
  },
};

const commands = Object.fromEntries(
  Object.entries(descriptions).map(([name, description]) => [
    name,
    { ...description, event: MEMBERSHIP_EVENTS_BY_COMMAND[name as CommandName] },
  ]),
) as {
  readonly [Name in CommandName]: CommandDescription<Name> &
    CommandDeclaration<(typeof MEMBERSHIP_EVENTS_BY_COMMAND)[Name]>;
};

/** What a member has under ids of its own. */
const innerIds = { NoticeGiven: { field: 'notice' } } as const satisfies {
  readonly [Type in MembershipEvent['type']]?: InnerId;
};

export const membership = defineAggregate({
  category: 'membership',
  id: ({ organization, member }) => `${organization}:${member}`,
  isReferenced: false,
  decider: membershipDecider,
  innerIds,
  commands,
  refusals: {
    'self-reference': SELF_REFERENCE_PROBLEM,
    'already-member': {
      title: 'Already a member',
      meaning: 'With this event, the timeline would have a member join twice without leaving in between.',
      remedy:
        'Record the end of the earlier membership first, send both as a group, or correct the recorded date.',
    },
    'not-a-member': {
      title: 'Not a member on that date',
      meaning:
        'With this event, the timeline would end, suspend, resume or otherwise change a membership that does not exist then.',
      remedy: 'Record the joining first, send both as a group, or correct the recorded date.',
    },
    'already-suspended': {
      title: 'Already suspended',
      meaning:
        'With this event, the timeline would suspend participation twice without resuming it in between.',
      remedy: 'Record the resumption first, send both as a group, or correct the recorded date.',
    },
    'already-not-participating': {
      title: 'Already not participating',
      meaning:
        'With this event, the timeline would have a member cease to participate twice without resuming in between.',
      remedy: 'Record the resumption first, send both as a group, or correct the recorded date.',
    },
    'not-suspended': {
      title: 'Not suspended on that date',
      meaning: 'With this event, the timeline would resume participation that goes on then.',
      remedy: 'Record the suspension first, send both as a group, or correct the recorded date.',
    },
    'not-voting': {
      title: 'Not voting on that date',
      meaning:
        'With this event, the timeline would withdraw the voting right twice without granting it in between.',
      remedy: 'Record the grant first, send both as a group, or correct the recorded date.',
    },
    'already-provisional': {
      title: 'Already applied provisionally',
      meaning:
        'With this event, the timeline would begin the provisional application twice without an end in between.',
      remedy: 'Record the end of the earlier one first, send both as a group, or correct the recorded date.',
    },
    'not-provisional': {
      title: 'Not applied provisionally on that date',
      meaning: 'With this event, the timeline would end a provisional application that does not exist then.',
      remedy: 'Record its beginning first, send both as a group, or correct the recorded date.',
    },
    'notice-rescinded': {
      title: 'Notice rescinded',
      meaning: 'A notice that was rescinded is neither postponed nor rescinded, and no end follows from it.',
      remedy: 'Give a new notice under another id, or retract the rescission if it is wrong.',
    },
    'already-recorded': ALREADY_RECORDED_PROBLEM,
  },
});
