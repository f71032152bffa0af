import type { ProblemExplanation } from '../eventsourcing/refusal.js';

/** Of an id that a client chose inside a stream. */
export const ALREADY_RECORDED_PROBLEM: ProblemExplanation = {
  title: 'Already recorded',
  meaning:
    'The meeting already has an item, participant, statement, report or decision with this id and other data, or the member a notice.',
  remedy: 'Choose another id, or correct the recorded fact (correct-fact) if its data are wrong.',
};
