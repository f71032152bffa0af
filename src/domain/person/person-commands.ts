import { createNewIdCheck } from '../identifiers.js';
import { defineAggregate } from '../../eventsourcing/aggregate.js';
import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest } from '../cited-request.js';
import {
  Edtf,
  Identifiers,
  Label,
  NamesByLanguage,
  optional,
  Reference,
  StreamId,
} from '../field-decorators.js';
import { type OfficeAssumed, type OfficeLeft, personDecider, type PersonRegistered } from './person.js';

class RegisterPerson extends CitedRequest implements DataOf<PersonRegistered> {
  @StreamId() readonly person!: string;
  @Label() readonly name!: string;
  @NamesByLanguage({ ...optional, about: 'The name in several languages.' })
  readonly names?: Record<string, string>;
  @Identifiers({ ...optional, about: 'Identifiers of the person in other registers: value by scheme.' })
  readonly identifiers?: Record<string, string>;
}

abstract class OfficeRequest extends CitedRequest {
  @Reference('person') readonly person!: string;
  @Label({ about: 'Its title, such as "Secretary General".' }) readonly office!: string;
  @Reference('organization') readonly organization!: string;
  @Edtf({
    about:
      'The first day in the office or, of an end, no longer in it: what ends at midnight of 31 December ends on 1 January.',
  })
  readonly effective!: string;
}

class AssumeOffice extends OfficeRequest implements DataOf<OfficeAssumed> {}

class LeaveOffice extends OfficeRequest implements DataOf<OfficeLeft> {}

export const person = defineAggregate({
  category: 'person',
  id: ({ person }) => person,
  refuseNewId: createNewIdCheck('person'),
  isReferenced: true,
  decider: personDecider,
  commands: {
    'register-person': {
      request: RegisterPerson,
      event: 'PersonRegistered',
      about: 'Registers a person.',
      example: {
        person: 'nikolai-bordyuzha',
        name: 'Nikolai Bordyuzha',
        names: { ru: 'Николай Николаевич Бордюжа' },
        identifiers: { 'csto-staff': '1' },
        sources: [{ source: 'encyclopaedias', locator: 'Secretaries General' }],
        note: 'The identifier is invented.',
      },
    },
    'assume-office': {
      request: AssumeOffice,
      event: 'OfficeAssumed',
      about: 'Records that a person assumed an office.',
      example: {
        person: 'yerzhan-kazykhanov',
        office: 'Ambassador to the United States of America',
        organization: 'kazakhstan',
        effective: '2017-05',
        sources: [{ source: 'encyclopaedias', locator: 'Kazakhstan' }],
        note: 'The day is not known.',
      },
    },
    'leave-office': {
      request: LeaveOffice,
      event: 'OfficeLeft',
      about: 'Records that a person left an office; the date is the first day out of office.',
      example: {
        person: 'yerzhan-kazykhanov',
        office: 'Minister of Foreign Affairs',
        organization: 'kazakhstan',
        effective: '2012-09-28',
        sources: [{ source: 'encyclopaedias', locator: 'Kazakhstan' }],
        note: 'The first day out of office.',
      },
    },
  },
  refusals: {
    'already-in-office': {
      title: 'Already in office',
      meaning:
        'With this event, the timeline would have a person assume the same office twice without leaving it.',
      remedy:
        'Record first that the person left the office in between, send both as a group, or correct the recorded date.',
    },
    'not-in-office': {
      title: 'Not in office on that date',
      meaning:
        'With this event, the timeline would have a person leave an office that the person does not hold.',
      remedy:
        'Record first that the person assumed the office, send both as a group, or correct the recorded date.',
    },
  },
});
