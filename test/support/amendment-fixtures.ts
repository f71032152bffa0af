// Corrections, retractions, disputes and corroborations: commands, and the events that they record.
import type { AnyCommand, AnyEvent } from '../../src/eventsourcing/message.js';
import type { JsonObject } from '../../src/json/json.js';

export const correct = (fact: string, replacement: JsonObject, more: JsonObject = {}): AnyCommand => ({
  name: 'correct-fact',
  data: { fact, with: replacement, reason: 'misread', ...more },
});
/** A correction that names only what changes. */
export const change = (fact: string, changes: JsonObject, more: JsonObject = {}): AnyCommand => ({
  name: 'correct-fact',
  data: { fact, change: changes, reason: 'misread', ...more },
});
export const retract = (fact: string, reason = 'never happened'): AnyCommand => ({
  name: 'retract-fact',
  data: { fact, reason },
});
export const dispute = (fact: string, claim = 'it was otherwise', more: JsonObject = {}): AnyCommand => ({
  name: 'dispute-fact',
  data: { fact, claim, ...more },
});

export const corroborate = (fact: string, source = 'yearbook', more: JsonObject = {}): AnyCommand => ({
  name: 'corroborate-fact',
  data: { fact, sources: [{ source }], ...more },
});

export const corrected = (fact: string, replacement: JsonObject, more: JsonObject = {}): AnyEvent => ({
  type: 'FactCorrected',
  data: correct(fact, replacement, more).data,
});
export const retracted = (fact: string, reason?: string): AnyEvent => ({
  type: 'FactRetracted',
  data: retract(fact, reason).data,
});
export const disputed = (fact: string, claim?: string, more: JsonObject = {}): AnyEvent => ({
  type: 'FactDisputed',
  data: dispute(fact, claim, more).data,
});
export const corroborated = (fact: string, source?: string, more: JsonObject = {}): AnyEvent => ({
  type: 'FactCorroborated',
  data: corroborate(fact, source, more).data,
});
