// Started as a process of its own, to be killed: keeps rebuilding, and prints a line for each step.
import { ReadModels } from '../../../src/read-models/read-models.js';
import { SHELVES_MODULE_URL } from './shelves-module-urls.js';

const [directory = '', ledgerFile = ''] = process.argv.slice(2);
const models = await ReadModels.start({
  directory,
  ledgerFile,
  declarations: SHELVES_MODULE_URL,
  warn: (line) => console.log(line),
});
for (;;) {
  const jobs = models.statuses().map(({ name }) => models.rebuild(name));
  let done = -1;
  const watch = setInterval(() => {
    const now = jobs[0]?.progress.done ?? 0;
    if (now !== done) console.log(`progress ${(done = now)}`);
  }, 1);
  await Promise.all(jobs.map(({ finished }) => finished));
  clearInterval(watch);
  console.log('rebuilt');
}
