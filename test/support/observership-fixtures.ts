// The observer status of the CSTO at the General Assembly: commands, and the events that they record.
import { observership } from '../../src/domain/observership/observership-commands.js';
import type { AnyCommand, AnyEvent } from '../../src/eventsourcing/message.js';
import type { JsonObject } from '../../src/json/json.js';
import { createSpecification } from './decider-specification.js';

export const STREAM = 'observership-un-ga:csto';
export const getFactReference = (revision: number): string => `${STREAM}@${revision}`;
export const given = createSpecification(observership, STREAM);

const observershipData = (effective: string, more: JsonObject): JsonObject => ({
  organization: 'un-ga',
  observer: 'csto',
  effective,
  ...more,
});
export const statusData = (effective: string, more: JsonObject = {}): JsonObject =>
  observershipData(effective, { kind: 'observer', ...more });
const endData = (effective: string, more: JsonObject = {}): JsonObject =>
  observershipData(effective, { reason: 'lapsed', ...more });

export const grant = (effective: string, more: JsonObject = {}): AnyCommand => ({
  name: 'grant-observer-status',
  data: statusData(effective, more),
});
export const end = (effective: string, more: JsonObject = {}): AnyCommand => ({
  name: 'end-observer-status',
  data: endData(effective, more),
});

export const granted = (effective: string, more: JsonObject = {}): AnyEvent => ({
  type: 'ObserverStatusGranted',
  data: statusData(effective, more),
});
export const ended = (effective: string, more: JsonObject = {}): AnyEvent => ({
  type: 'ObserverStatusEnded',
  data: endData(effective, more),
});
