// What happens to the CSTO as an observer at the General Assembly: commands, and the events that obey them.
import { observership } from '../../src/domain/observership/aggregate.js';
import type { AnyCommand, AnyEvent, JsonObject } from '../../src/eventsourcing/message.js';
import { specification } from './decider-specification.js';

export const STREAM = 'observership-un-ga:csto';
export const fact = (revision: number): string => `${STREAM}@${revision}`;
export const given = specification(observership, STREAM);

const relation = (effective: string, more: JsonObject): JsonObject => ({
  organization: 'un-ga',
  observer: 'csto',
  effective,
  ...more,
});
export const status = (effective: string, more: JsonObject = {}): JsonObject =>
  relation(effective, { kind: 'observer', ...more });
export const ending = (effective: string, more: JsonObject = {}): JsonObject =>
  relation(effective, { reason: 'lapsed', ...more });

export const grant = (effective: string, more: JsonObject = {}): AnyCommand => ({
  name: 'grant-observer-status',
  data: status(effective, more),
});
export const end = (effective: string, more: JsonObject = {}): AnyCommand => ({
  name: 'end-observer-status',
  data: ending(effective, more),
});

export const granted = (effective: string, more: JsonObject = {}): AnyEvent => ({
  type: 'ObserverStatusGranted',
  data: status(effective, more),
});
export const ended = (effective: string, more: JsonObject = {}): AnyEvent => ({
  type: 'ObserverStatusEnded',
  data: ending(effective, more),
});
