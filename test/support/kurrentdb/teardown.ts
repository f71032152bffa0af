// Runs after all suites. Jest loads it in the same module registry as the setup, so both share the double.
import { stopDouble } from './setup.js';

export default stopDouble;
