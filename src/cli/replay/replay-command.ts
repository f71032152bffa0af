import type { Command } from 'commander';
import { type Evidence, verifyFile } from '../../verify/verify-file.js';
import { Unreadable } from '../../verify/input-error.js';
import { interruption } from '../_shared/abort-on-signal.js';
import { ProgressLine } from '../_shared/progress-line.js';
import { Refused } from '../_shared/errors.js';
import { savedAnswer } from './parse-http-answer.js';

type Options = Pick<Evidence, 'key'> & { readonly checkpoint: string; readonly answer: string };

export function replay(program: Command): void {
  program
    .command('replay')
    .description(
      'fold an answer again from an exported book, which is verified first, and compare the bytes; 1 if they differ',
    )
    .argument('<export>', 'as `minutebook export` writes it')
    .requiredOption('--checkpoint <file>', 'a signed checkpoint, as GET /checkpoint answers it')
    .requiredOption('--answer <file>', 'an answer of a read model with its headers, as curl -i writes it')
    .option('--key <key or file>', 'the verifier key that you trust, as GET /checkpoint/key answers it')
    .action(async (file: string, { answer, ...evidence }: Options, command: Command) => {
      const saved = savedAnswer(answer);
      const verdict = await verifyFile(file, evidence).catch((error: unknown) => {
        if (error instanceof Unreadable) command.error(error.message, { exitCode: 2 });
        throw error;
      });
      for (const sentence of verdict.sentences) console.log(sentence);
      if (!verdict.ok)
        throw new Refused(`${file} does not fit the checkpoint, so nothing is folded from it.`);
      const { replayed } = await import('./replay-answer.js'); // with the framework, as few verbs need it
      const different = await replayed(file, saved, new ProgressLine(), interruption());
      const { projection, version, entry } = saved;
      const what = `version ${version} of "${projection}" as of entry ${entry}`;
      if (different !== undefined) throw new Refused(`It is not what ${what} says: ${different}`);
      console.log(
        `The answer is, byte for byte, what ${what} folds from these entries, by this program's own folds.`,
      );
    });
}
