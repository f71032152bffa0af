// Read models are built, updated over several commits, closed, opened and rebuilt, and opened on every disk that a power
// loss can leave: each has the rows of a projection up to its position, or is discarded.
import { hasStrace } from '../support/strace.js';
import { recordProjectionProcess, testReadModelPowerLosses } from './support/read-model-power-loss.js';

(hasStrace() ? it : it.skip)('a power loss makes read models older, and what was built stays', () => {
  const { states, problems } = testReadModelPowerLosses(recordProjectionProcess(), 8);
  expect([...problems]).toEqual([]);
  expect(states).toBeGreaterThan(1_000);
});
