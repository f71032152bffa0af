import type { Command } from 'commander';
import { type VerificationInputs, verifyFile } from '../../verify/verify-file.js';
import { InputError } from '../../verify/input-error.js';
import { abortOnSignal } from '../_shared/abort-on-signal.js';
import { ProgressLine } from '../_shared/progress-line.js';
import { OperationFailedError } from '../_shared/errors.js';
import { readSavedAnswer } from './saved-answer.js';

type Options = Pick<VerificationInputs, 'key'> & { readonly checkpoint: string; readonly answer: string };

export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .description(
      'recompute an answer from an exported book, which is verified first, and compare the bytes; exit code 1 if they differ',
    )
    .argument('<export>', 'as `minutebook export` writes it')
    .requiredOption('--checkpoint <file>', 'a signed checkpoint, as GET /checkpoint answers it')
    .requiredOption('--answer <file>', 'an answer of a read model with its headers, as curl -i writes it')
    .option('--key <key or file>', 'the verifier key that you trust, as GET /checkpoint/key answers it')
    .action(async (file: string, { answer, ...evidence }: Options, command: Command) => {
      const saved = readSavedAnswer(answer);
      const verdict = await verifyFile(file, evidence).catch((error: unknown) => {
        if (error instanceof InputError) command.error(error.message, { exitCode: 2 });
        throw error;
      });
      for (const sentence of verdict.sentences) console.log(sentence);
      if (!verdict.ok)
        throw new OperationFailedError(
          `${file} does not match the checkpoint, so nothing is replayed from it.`,
        );
      const { replayAnswer } = await import('./replay-answer.js'); // loads the framework, which few verbs need
      const different = await replayAnswer(file, saved, new ProgressLine(), abortOnSignal());
      const { projection, version, entry } = saved;
      const what = `version ${version} of "${projection}" as of entry ${entry}`;
      if (different !== undefined)
        throw new OperationFailedError(`The answer is not that of ${what}: ${different}`);
      console.log(
        `The answer is byte for byte that of ${what}, computed from these entries by the projections of this program.`,
      );
    });
}
