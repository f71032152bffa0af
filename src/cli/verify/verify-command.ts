import type { Command } from 'commander';
import { type VerificationInputs, verifyFile } from '../../verify/verify-file.js';
import { InputError } from '../../verify/input-error.js';
import { assertUsableInputs } from './assert-usable-inputs.js';

export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description(
      'prove offline that an export, or the record of one stream with its receipt, is what a checkpoint signs; exit code 1 if it is not',
    )
    .argument('<file>', 'as `minutebook export` writes it')
    .option('--checkpoint <file>', 'a signed checkpoint, as GET /checkpoint answers it; an export needs one')
    .option('--key <key or file>', 'the verifier key that you trust, as GET /checkpoint/key answers it')
    .option('--consistency <file>', 'as GET /proofs/consistency answers it, to relate two sizes')
    .action(async (file: string, evidence: VerificationInputs, command: Command) => {
      assertUsableInputs(file, evidence.checkpoint);
      try {
        const { ok, sentences } = await verifyFile(file, evidence);
        for (const sentence of sentences) console.log(sentence);
        if (!ok) process.exitCode = 1;
      } catch (error) {
        if (error instanceof InputError) command.error(error.message, { exitCode: 2 });
        throw error;
      }
    });
}
