import { expect } from '@jest/globals';
import { problems } from '../../../src/problems/problems.js';
import type { TestResponse, TestServer } from '../../support/test-server.js';

/** Expects a complete problem document with this code and address. */
export function expectProblem(answer: TestResponse, status: number, code: string, instance: string): void {
  expect(answer.json).toMatchObject({
    type: `/problems/${code}`,
    title: problems[code]?.title,
    status,
    detail: expect.stringMatching(/\S/),
    instance,
    code,
  });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
}

/** Expects that a command is refused and nothing is recorded. */
export async function expectRefusedCommand(
  server: TestServer,
  send: () => Promise<TestResponse>,
  status: number,
  code: string,
): Promise<TestResponse> {
  const before = server.headEntry;
  const answer = await send();
  const path = answer.json.instance as string;
  expectProblem(answer, status, code, path);
  expect(server.headEntry).toBe(before);
  expect((await server.get('/events?after=0&limit=1000')).json.entry).toBe(before);
  return answer;
}
