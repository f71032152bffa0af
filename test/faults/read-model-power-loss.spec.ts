// Read models are built, followed over several commits, closed, opened and rebuilt, and looked at on every disk that a
// power loss can leave of that: each is as of some checkpoint, with the rows of a fold up to it, or is thrown away.
import { hasStrace } from '../support/strace.js';
import { recordProjectionProcess, testReadModelPowerLosses } from './support/read-model-power-loss.js';

(hasStrace() ? it : it.skip)('a power loss makes read models older, and what was built stays', () => {
  const { states, problems } = testReadModelPowerLosses(recordProjectionProcess(), 8);
  expect([...problems]).toEqual([]);
  expect(states).toBeGreaterThan(1_000);
});
