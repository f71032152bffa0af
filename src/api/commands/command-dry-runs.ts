import { Injectable } from '@nestjs/common';
import { type CommandDryRun, CommandHandler } from '../../commands/command-handler.js';
import type { Request } from '../../http/request.js';
import { ConcurrencyLimit } from '../shared/concurrency-limit.js';
import { getClientId } from '../shared/principal.js';
import { defineQueryClass } from '../shared/query.pipe.js';
import { type ParameterReader, createParameterProblem, readBoolean } from '../shared/query-parameters.js';

const readOnError: ParameterReader<'continue' | 'stop'> = (text = 'continue', name) => {
  if (text !== 'continue' && text !== 'stop')
    throw createParameterProblem(name, `"${name}" must be "stop" or "continue".`);
  return text;
};

/** `check`: whether the command is only judged. Any other parameter is refused, so that no misspelled one records. */
export class CommandQueryParameters extends defineQueryClass({ check: readBoolean }) {}
export class CommandsQueryParameters extends defineQueryClass({ check: readBoolean, onError: readOnError }) {}

/** Opens checks for requests with commands, a bounded number at a time: each has temporary files. */
@Injectable()
export class CommandDryRuns {
  readonly #limit = new ConcurrencyLimit({ what: 'checks', total: 32, perClient: 8 });

  constructor(private readonly commandHandler: CommandHandler) {}

  /** Throws ProblemError, LedgerUnusableError. */
  open(request: Request): CommandDryRun {
    const release = this.#limit.acquire(getClientId(request));
    try {
      const check = this.commandHandler.openDryRun();
      return { ...check, close: () => check.close().finally(release) };
    } catch (error) {
      release();
      throw error;
    }
  }
}
