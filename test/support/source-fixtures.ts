// What happens to a source: it is registered.
import { source } from '../../src/domain/source/aggregate.js';
import type { AnyCommand, AnyEvent, JsonObject } from '../../src/eventsourcing/message.js';
import { specification } from './decider-specification.js';

export const STREAM = 'source-charter';
export const fact = (revision: number): string => `${STREAM}@${revision}`;
export const given = specification(source, STREAM);

export const charter = (more: JsonObject = {}): JsonObject => ({
  source: 'charter',
  title: 'Charter of the CSTO',
  ...more,
});
export const register = (more: JsonObject = {}): AnyCommand => ({
  name: 'register-source',
  data: charter(more),
});
export const registered = (more: JsonObject = {}): AnyEvent => ({
  type: 'SourceRegistered',
  data: charter(more),
});
