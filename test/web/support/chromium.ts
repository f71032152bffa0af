// The Chromium of the system, which tests of pages drive.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = [process.env['CHROMIUM'] ?? '', ...EXECUTABLES].find((path) => existsSync(path));

/** Nothing but the pages under test is requested, and nothing is sent home. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--no-first-run',
];

/** Rejects if there is no Chromium. */
export function launchChromium(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(MISSING);
  // As root, Chromium has no sandbox of its own.
  const args = process.getuid?.() === 0 ? [...QUIET, '--no-sandbox'] : QUIET;
  return chromium.launch({ executablePath, args });
}

const MISSING =
  'There is no Chromium (apt-get install chromium, or name it in CHROMIUM): the pages are not tried in a browser.';

/** Tests in a browser. Without one they are skipped with a warning, and under CI=true they fail. */
export function describeInChromium(name: string, tests: () => void): void {
  if (executablePath !== undefined || process.env['CI'] === 'true') {
    describe(name, tests);
    return;
  }
  console.warn(MISSING);
  describe.skip(`${name} (no Chromium)`, tests);
}
