// The OpenAPI document satisfies the linter that most people use, with its recommended rules.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../support/project-root.js';
import { cleanUp, createTemporaryDirectory, startTestServer } from '../../support/test-server.js';

const run = promisify(execFile);

afterAll(cleanUp);

describe('the OpenAPI document', () => {
  it('has no error by the recommended rules of Redocly', async () => {
    const server = await startTestServer();
    const file = join(createTemporaryDirectory(), 'openapi.json');
    writeFileSync(file, (await server.get('/openapi.json')).text);
    const linter = join(projectRoot, 'node_modules/@redocly/cli/bin/cli.js');
    const result = await run(
      process.execPath,
      [linter, 'lint', file, '--extends=recommended', '--format=json', '--max-problems=1000'],
      {
        cwd: createTemporaryDirectory(),
        env: {
          ...process.env,
          REDOCLY_TELEMETRY: 'off',
          REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
          NODE_OPTIONS: '',
        },
        maxBuffer: 64 * 1024 * 1024,
      },
    ).catch((error: unknown) => error as { stdout: string });
    const { totals, problems } = JSON.parse(result.stdout.slice(result.stdout.indexOf('{'))) as {
      totals: { errors: number; warnings: number };
      problems: { ruleId: string; severity: string; message: string; location: unknown }[];
    };
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(totals.errors).toBe(0);
    expect([...new Set(problems.map(({ ruleId }) => ruleId))]).toEqual([]);
  });
});
