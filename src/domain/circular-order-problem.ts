import type { ProblemExplanation } from '../eventsourcing/refusal.js';

/** Of organizations and of meetings: both refer to others of their kind. */
export const CIRCULAR_ORDER_PROBLEM: ProblemExplanation = {
  title: 'Circular order',
  meaning: 'An organization or a meeting would be a part of itself, or a meeting would come before itself.',
  remedy: 'Follow what the fact refers to, and leave out the reference that closes the circle.',
};
