// What a rule about the code is: a function that finds violations, and planted ones that it must find.
import { parseSourceFile, type SourceFile } from '../source-files.js';

/** Takes source files and returns one sentence per violation, each starting with the path of the file or folder. */
export type FindViolations = (code: readonly SourceFile[]) => readonly string[];

type Files = { readonly [path: string]: string };

/** What is planted, the files, and the violations that must be found in them. */
export type PlantedViolation = readonly [what: string, files: Files, violations: readonly string[]];

export type Rule = {
  readonly name: string;
  readonly findViolations: FindViolations;
  readonly planted: readonly PlantedViolation[];
};

export const parseFiles = (files: Files): readonly SourceFile[] =>
  Object.entries(files).map(([path, text]) => parseSourceFile(path, text));

/** A file with one import that is forbidden. */
export const plantImport = (path: string, statement: string, target: string): PlantedViolation => [
  `${path}: ${statement}`,
  { [path]: statement },
  [`${path} imports ${target}`],
];
