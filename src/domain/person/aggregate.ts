import { defineAggregate } from '../../eventsourcing/aggregate.js';
import { AssumeOffice, LeaveOffice, RegisterPerson } from './commands.js';
import { personDecider } from './decider.js';

export const person = defineAggregate({
  category: 'person',
  id: ({ person }) => person,
  isReferenced: true,
  decider: personDecider,
  commands: {
    'register-person': { request: RegisterPerson, event: 'PersonRegistered', about: 'Enters a person.' },
    'assume-office': {
      request: AssumeOffice,
      event: 'OfficeAssumed',
      about: 'Records that somebody took an office.',
    },
    'leave-office': {
      request: LeaveOffice,
      event: 'OfficeLeft',
      about: 'Records that somebody left an office: the day of leaving is the first day without it.',
    },
  },
  refusals: {
    'already-in-office': {
      title: 'In office already',
      meaning:
        'On the timeline that this fact would leave, the same person assumes the same office twice without leaving it.',
      remedy: 'Record the leaving in between first, send both as a group, or correct the date in the book.',
    },
    'not-in-office': {
      title: 'Not in office then',
      meaning: 'On the timeline that this fact would leave, somebody leaves an office that is not held.',
      remedy:
        'Record the assumption of the office first, send both as a group, or correct the date in the book.',
    },
  },
});
