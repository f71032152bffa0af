// A person: commands, and the events that they record.
import { person } from '../../src/domain/person/person-commands.js';
import type { AnyCommand, AnyEvent } from '../../src/eventsourcing/message.js';
import type { JsonObject } from '../../src/json/json.js';
import { createSpecification } from './decider-specification.js';

export const STREAM = 'person-jane-doe';
export const getFactReference = (revision: number): string => `${STREAM}@${revision}`;
export const given = createSpecification(person, STREAM);

export const personData = (more: JsonObject = {}): JsonObject => ({
  person: 'jane-doe',
  name: 'Jane Doe',
  ...more,
});

/** By default in the office of the Secretary General of the CSTO. */
export const officeData = (effective: string, more: JsonObject = {}): JsonObject => ({
  person: 'jane-doe',
  office: 'Secretary General',
  organization: 'csto',
  effective,
  ...more,
});

export const register = (more: JsonObject = {}): AnyCommand => ({
  name: 'register-person',
  data: personData(more),
});
export const assume = (effective: string, more: JsonObject = {}): AnyCommand => ({
  name: 'assume-office',
  data: officeData(effective, more),
});
export const leave = (effective: string, more: JsonObject = {}): AnyCommand => ({
  name: 'leave-office',
  data: officeData(effective, more),
});

export const registered = (more: JsonObject = {}): AnyEvent => ({
  type: 'PersonRegistered',
  data: personData(more),
});
export const assumed = (effective: string, more: JsonObject = {}): AnyEvent => ({
  type: 'OfficeAssumed',
  data: officeData(effective, more),
});
export const left = (effective: string, more: JsonObject = {}): AnyEvent => ({
  type: 'OfficeLeft',
  data: officeData(effective, more),
});
