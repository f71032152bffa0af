// A source: the command that registers it, and the event that is recorded.
import { source } from '../../src/domain/source/source-commands.js';
import type { AnyCommand, AnyEvent } from '../../src/eventsourcing/message.js';
import type { JsonObject } from '../../src/json/json.js';
import { createSpecification } from './decider-specification.js';

export const STREAM = 'source-charter';
export const getFactReference = (revision: number): string => `${STREAM}@${revision}`;
export const given = createSpecification(source, STREAM);

export const sourceData = (more: JsonObject = {}): JsonObject => ({
  source: 'charter',
  title: 'Charter of the CSTO',
  ...more,
});
export const register = (more: JsonObject = {}): AnyCommand => ({
  name: 'register-source',
  data: sourceData(more),
});
export const registered = (more: JsonObject = {}): AnyEvent => ({
  type: 'SourceRegistered',
  data: sourceData(more),
});
