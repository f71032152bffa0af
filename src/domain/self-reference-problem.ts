import type { ProblemExplanation } from '../eventsourcing/refusal.js';

/** Of relations between two things of one kind. */
export const SELF_REFERENCE_PROBLEM: ProblemExplanation = {
  title: 'Reference to itself',
  meaning:
    'A thing would be in a relation with itself: a member or an observer of itself, one that grants a status to itself, or a meeting that was announced at itself.',
  remedy: 'Name the other party, or leave the reference out.',
};
