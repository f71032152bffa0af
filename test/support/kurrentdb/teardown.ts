// After all suites. Jest loads this and what it imports beside the setup, so the double is known here.
import { stopDouble } from './setup.js';

export default stopDouble;
