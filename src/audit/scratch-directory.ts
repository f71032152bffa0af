// The directory in which an audit projects the read models. Everything in it can be computed again, and none of it
// outlives the audit except the files that an interrupted audit leaves for the next one to resume from.
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { syncFile } from '../ledger/durable-file.js';
import type { Ledger } from '../ledger/ledger.js';
import { listGenerations, createNextGeneration } from '../read-models/projecting/generations.js';
import { isPositionInLedger } from '../read-models/projecting/open-live-generation.js';
import { ReadModelWriter } from '../read-models/projecting/read-model-writer.js';
import type { AnyReadModel } from '../read-models/declaration/read-model.js';

/** Identifies the release: a digest of the compiled engine and of the declarations with the files beside them. */
export function hashProjectionCode(declarations: URL): string {
  const folders = [new URL('..', import.meta.url), declarations].map((url) => dirname(fileURLToPath(url)));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .sort()
      .map((name) => hash('sha256', readFileSync(join(folder, name)))),
  );
  return hash('sha256', files.join());
}

export class ScratchDirectory {
  readonly #files: ReadModelWriter[] = [];
  readonly #canResume: boolean;

  /**
   * The directory belongs to one audit at a time. Files that a crash left are removed, and so are those of another
   * release.
   */
  constructor(
    readonly directory: string,
    private readonly codeDigest: string,
  ) {
    this.#canResume =
      existsSync(this.#interruptedMarker) && readFileSync(this.#interruptedMarker, 'utf8') === codeDigest;
    if (this.#canResume) rmSync(this.#interruptedMarker);
    else rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** Written once the files beside it are complete and durable; removed before one of them is written to again. */
  get #interruptedMarker(): string {
    return join(this.directory, 'interrupted');
  }

  /** Opens a file to project this read model into; it has reached at most `entry`. */
  open(model: AnyReadModel, ledger: Ledger, entry: number): ReadModelWriter {
    const file =
      this.#reopen(model, ledger, entry) ??
      ReadModelWriter.create(createNextGeneration(this.directory, model.name, model.version), model);
    this.#files.push(file);
    return file;
  }

  #reopen(model: AnyReadModel, ledger: Ledger, entry: number): ReadModelWriter | undefined {
    const [last] = listGenerations(this.directory, model.name);
    if (!this.#canResume || last?.version !== model.version) return undefined;
    const file = ReadModelWriter.reopen(last, model);
    if (file && file.entry <= entry && isPositionInLedger(ledger, file)) return file;
    file?.close();
    return undefined;
  }

  /** After this call no file is written. */
  close(): void {
    for (const file of this.#files) file.close();
  }

  /** After `close`: lets the next audit resume from the files. */
  keepForResume(): void {
    for (const { generation } of this.#files) syncFile(generation.file);
    writeFileSync(this.#interruptedMarker, this.codeDigest, { flush: true });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
