import { hash } from 'node:crypto';
import { canonicalJson } from '../../json/canonical-json.js';
import { isObject } from '../../json/is-object.js';
import type { JsonObject } from '../../json/json.js';
import type { NdjsonLine } from '../../json/ndjson-lines.js';
import { parseJsonWithInexactNumbers } from '../../json/strict-json.js';
import { DiskBackedCounter } from '../../ledger/sqlite/disk-backed-counter.js';

/**
 * Gives each line with a command an idempotency key, unless it has one, so that the same file can be sent again after a
 * failure: what was recorded is not recorded again. The key follows from the name of the file, the content of the line,
 * and how often that content occurred before it. Lines that cannot be parsed stay as they are, for the server to refuse.
 */
export async function* addIdempotencyKeys(
  lines: AsyncIterable<NdjsonLine>,
  fileName: string,
): AsyncGenerator<NdjsonLine, undefined> {
  const counter = new DiskBackedCounter();
  try {
    for await (const line of lines) {
      const command = line.tooLong ? undefined : parseCommand(line.bytes);
      if (!command || command['idempotencyKey'] !== undefined) {
        yield line;
        continue;
      }
      const content = canonicalJson(command);
      const count = counter.increment(hash('sha256', content, 'buffer'));
      const idempotencyKey = `import-${hash('sha256', canonicalJson([fileName, content, count]), 'base64url')}`;
      yield { ...line, bytes: Buffer.from(canonicalJson({ ...command, idempotencyKey })) };
    }
  } finally {
    counter.close();
  }
}

/** The command of a line; undefined if it is none, or if it has numbers that lost digits when they were parsed. */
function parseCommand(bytes: Buffer): JsonObject | undefined {
  try {
    const { value, inexactNumbers } = parseJsonWithInexactNumbers(bytes);
    return isObject(value) && inexactNumbers.length === 0 ? value : undefined;
  } catch {
    return undefined;
  }
}
