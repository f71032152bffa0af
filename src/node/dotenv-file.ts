import { existsSync } from 'node:fs';

/** Settings of the working directory, for development. */
const SETTINGS_FILE = '.env';

/** Adds the settings of the file `.env`, if there is one, to the environment, where what is set already stays. */
export function loadDotEnvFile(): void {
  if (existsSync(SETTINGS_FILE)) process.loadEnvFile(SETTINGS_FILE);
}
