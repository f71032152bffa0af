// The rules of a person and the offices held. Pure: no clock, no identifiers, no I/O, no framework.
import type { Decider } from '../../eventsourcing/decider.js';
import type { CommandOf, DataOf } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import type { OfficeAssumed, OfficeEvent, OfficeLeft, PersonEvent, PersonRegistered } from './events.js';
import { groupByOffice, checkTimeline } from './timeline.js';

export type PersonCommand =
  | CommandOf<'register-person', DataOf<PersonRegistered>>
  | CommandOf<'assume-office', DataOf<OfficeAssumed>>
  | CommandOf<'leave-office', DataOf<OfficeLeft>>;

/** Only what a later decision needs to know. */
type Person = { readonly registered: boolean; readonly offices: readonly OfficeEvent[] };

export const personDecider: Decider<PersonCommand, PersonEvent, Person> = {
  initialState: { registered: false, offices: [] },

  decide({ name, data }, { registered }) {
    if (!registered && name !== 'register-person')
      return refuse(
        'unknown-reference',
        `The book does not know "${data.person}": register the person first, or correct the id.`,
        '/person',
      );
    switch (name) {
      case 'register-person':
        if (registered)
          return refuse('id-taken', `The person "${data.person}" is registered already, with other words.`);
        return [{ type: 'PersonRegistered', data }];
      case 'assume-office':
        return [{ type: 'OfficeAssumed', data }];
      case 'leave-office':
        return [{ type: 'OfficeLeft', data }];
    }
  },

  evolve: (person, event) =>
    event.type === 'PersonRegistered'
      ? { ...person, registered: true }
      : { ...person, offices: [...person.offices, event] },

  invariant: ({ offices }) =>
    groupByOffice(offices).reduce<Refusal | undefined>(
      (refusal, facts) => refusal ?? checkTimeline(facts),
      undefined,
    ),
};
