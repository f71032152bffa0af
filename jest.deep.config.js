import { globSync } from 'node:fs';
import everyday, { compiled, deepTests } from './jest.config.js';

export default {
  ...everyday,
  testMatch: compiled(globSync(deepTests, { cwd: import.meta.dirname })),
  testTimeout: 300_000,
};
