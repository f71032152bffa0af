// Rules about durations: their names end in Ms, and their numbers are in one file of a subsystem.
import ts from 'typescript';
import { walkSyntaxTree } from '../source-files.js';
import { collectFindings, isNumberAboveOne, formatViolations } from './find-nodes.js';
import type { FindViolations, Rule } from './rule.js';

const DURATION = /(?:Ms|_MS)$/;
/** The unit of Retry-After, which is no other duration's. */
const RETRY_AFTER = /(?:Seconds|_SECONDS)$/;
/** Names that mean a duration, whatever their unit. */
const MEANS_DURATION = /(?:timeout|delay|patience|heartbeat|backoff|milliseconds)$/i;
const TIMEOUTS_FILE = /^src\/(?:[^/]+|ledger\/(?:sqlite|kurrentdb)|cli\/_shared|api\/shared)\/timeouts\.ts$/;

/** Functions that take a duration, by the place of it; those of node:timers/promises take it first. */
const TIMERS: { readonly [name: string]: number } = {
  ...{ setTimeout: 1, setInterval: 1, auditTime: 0, debounceTime: 0, throttleTime: 0, delay: 0, timer: 0 },
};

function hasNumber(node: ts.Node): boolean {
  let found = false;
  walkSyntaxTree(node, (inner) => {
    found ||= isNumberAboveOne(inner);
  });
  return found;
}

/** The name that a node gives to a value, and that value. */
function getNamedValue(node: ts.Node): { name: string; value?: ts.Expression } | undefined {
  const isNamed =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isBindingElement(node);
  if (!isNamed || !(ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name))) return undefined;
  return { name: node.name.text, ...(node.initializer && { value: node.initializer }) };
}

/** Whether a value is computed from numbers alone: half of a named duration is not. */
const setsNumber = (value: ts.Expression): boolean =>
  hasNumber(value) && !/(?:Ms|_MS)\b(?!:)/.test(value.getText());

const isFunction = (node: ts.Node): boolean => ts.isArrowFunction(node) || ts.isFunctionExpression(node);

/** `new UnavailableError(code, message, 5)`, `new ProblemError(code, detail, extensions, 5)`. */
const isRetryNumber = (node: ts.Node): boolean =>
  ts.isNewExpression(node) &&
  /(?:Unavailable|Problem)Error$/.test(node.expression.getText()) &&
  (node.arguments ?? []).some((argument) => ts.isNumericLiteral(argument));

/** A number that is a duration stands in the file `timeouts.ts` of its subsystem, with its reason, and nowhere else. */
const durationsAreInTimeoutFiles: FindViolations = (code) =>
  formatViolations(
    code.filter(({ path }) => !TIMEOUTS_FILE.test(path)),
    ({ path, tree }) => [
      ...(path.endsWith('/timeouts.ts') ? [{ node: tree, what: 'is not the file of a subsystem' }] : []),
      ...collectFindings(tree, (node) => {
        if (ts.isStringLiteralLike(node) && /timeout\s*=\s*\d/.test(node.text))
          return 'sets a timeout outside a timeouts.ts';
        const named = getNamedValue(node);
        if (isRetryNumber(node)) return 'sets Retry-After outside a timeouts.ts';
        if (!named?.value || isFunction(named.value)) return undefined;
        const isDuration = [DURATION, RETRY_AFTER, MEANS_DURATION].some((pattern) =>
          pattern.test(named.name),
        );
        return isDuration && setsNumber(named.value) ? `sets ${named.name} outside a timeouts.ts` : undefined;
      }),
    ],
  );

/** What means a duration, or is handed to a timer as one, has a name that ends in `Ms`. */
const durationsAreNamedMs: FindViolations = (code) =>
  formatViolations(code, ({ tree, imports }) => {
    const takesFirst = new Set<string>();
    walkSyntaxTree(tree, (node) => {
      if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return;
      if (node.moduleSpecifier.text !== 'node:timers/promises') return;
      const bindings = node.importClause?.namedBindings;
      if (bindings && ts.isNamedImports(bindings))
        for (const { name } of bindings.elements) takesFirst.add(name.text);
    });
    const usesRxjs = imports.some(({ target }) => target === 'rxjs');
    return collectFindings(tree, (node) => {
      const unnamed = findUnnamedDuration(node, takesFirst, usesRxjs);
      if (unnamed) return `waits for ${unnamed.getText(tree)}, whose name does not end in Ms`;
      const declared = getDeclaredNumber(node);
      return declared !== undefined && MEANS_DURATION.test(declared) && !DURATION.test(declared)
        ? `has the duration ${declared}, whose name does not end in Ms`
        : undefined;
    });
  });

function findUnnamedDuration(
  node: ts.Node,
  takesFirst: ReadonlySet<string>,
  usesRxjs: boolean,
): ts.Expression | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const isRxjsOnly = (name: string): boolean => !name.startsWith('set');
  const place = ts.isIdentifier(expression)
    ? takesFirst.has(expression.text)
      ? 0
      : isRxjsOnly(expression.text) && !usesRxjs
        ? undefined
        : TIMERS[expression.text]
    : expression.getText() === 'AbortSignal.timeout'
      ? 0
      : undefined;
  const duration = place === undefined ? undefined : node.arguments[place];
  if (!duration || (ts.isNumericLiteral(duration) && Number(duration.text) <= 1)) return undefined;
  const isNamed = /(?:Ms|_MS)\b|\bbackoff\b/.test(duration.getText());
  return isNamed && !hasNumber(duration) ? undefined : duration;
}

/** The name of a parameter, property or constant of the module that is a number. */
function getDeclaredNumber(node: ts.Node): string | undefined {
  const isDeclared =
    ts.isParameter(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    (ts.isVariableDeclaration(node) && ts.isSourceFile(node.parent.parent.parent));
  if (!isDeclared || !(ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name))) return undefined;
  const value = ts.isPropertySignature(node) ? undefined : node.initializer;
  const isNumeric =
    /^number\b/.test(node.type?.getText() ?? '') ||
    (value !== undefined && !isFunction(value) && !ts.isObjectLiteralExpression(value) && hasNumber(value));
  return isNumeric ? node.name.text : undefined;
}

export const durationRules: readonly Rule[] = [
  {
    name: 'durations are numbers of a timeouts.ts',
    findViolations: durationsAreInTimeoutFiles,
    planted: [
      [
        'constants, options, defaults and a pragma',
        {
          'src/ledger/a.ts': [
            'const RETRY_DELAY_MS = 1_000;',
            'const open = { timeout: 60 * 1000 };',
            'const wait = (timeoutMs = 50) => timeoutMs;',
            'const timeouts = { attemptMs: 5_000, limit: 3 };',
            "db.pragma('busy_timeout = 5000');",
            'const none = { timeout: 0 };',
            'const own = { timeout: SQLITE_TIMEOUT_MS, halfMs: idleMs / 2 };',
            'const DIVERGED_RETRY_SECONDS = 60;',
            "throw new UnavailableError('busy', message, 5);",
            "throw new ProblemError('stopping', detail, {}, 1);",
            "throw new ProblemError('stopping', detail, {}, RETRY_SECONDS);",
          ].join('\n'),
          'src/ledger/timeouts.ts': 'export const RETRY_DELAY_MS = 1_000;',
          'src/ledger/sqlite/timeouts.ts': 'export const OPEN_TIMEOUT_MS = 1_000;',
        },
        [
          'src/ledger/a.ts:1 sets RETRY_DELAY_MS outside a timeouts.ts',
          'src/ledger/a.ts:2 sets timeout outside a timeouts.ts',
          'src/ledger/a.ts:3 sets timeoutMs outside a timeouts.ts',
          'src/ledger/a.ts:4 sets attemptMs outside a timeouts.ts',
          'src/ledger/a.ts:5 sets a timeout outside a timeouts.ts',
          'src/ledger/a.ts:8 sets DIVERGED_RETRY_SECONDS outside a timeouts.ts',
          'src/ledger/a.ts:9 sets Retry-After outside a timeouts.ts',
          'src/ledger/a.ts:10 sets Retry-After outside a timeouts.ts',
        ],
      ],
      [
        'a second file in a subsystem',
        { 'src/ledger/merkle/timeouts.ts': '' },
        ['src/ledger/merkle/timeouts.ts:1 is not the file of a subsystem'],
      ],
    ],
  },
  {
    name: 'names of durations end in Ms',
    findViolations: durationsAreNamedMs,
    planted: [
      [
        'timers, parameters, properties and constants',
        {
          'src/a.ts': [
            "import { setTimeout as sleep } from 'node:timers/promises';",
            "import { auditTime } from 'rxjs';",
            'setTimeout(f, 1000);',
            'setInterval(f, pause);',
            'await sleep(long);',
            'const signal = AbortSignal.timeout(2 * 60);',
            'heads.pipe(auditTime(quiet));',
            'const wait = (milliseconds: number) => milliseconds;',
            'type Options = { readonly retryDelay?: number };',
            'const HEARTBEAT = 15;',
            'setTimeout(f, delayMs); setTimeout(f, Math.max(0, options.delayMs)); await sleep(0);',
            'await sleep(backoff(attempt)); setImmediate(f); delay(1);',
          ].join('\n'),
        },
        [
          'src/a.ts:3 waits for 1000, whose name does not end in Ms',
          'src/a.ts:4 waits for pause, whose name does not end in Ms',
          'src/a.ts:5 waits for long, whose name does not end in Ms',
          'src/a.ts:6 waits for 2 * 60, whose name does not end in Ms',
          'src/a.ts:7 waits for quiet, whose name does not end in Ms',
          'src/a.ts:8 has the duration milliseconds, whose name does not end in Ms',
          'src/a.ts:9 has the duration retryDelay, whose name does not end in Ms',
          'src/a.ts:10 has the duration HEARTBEAT, whose name does not end in Ms',
        ],
      ],
    ],
  },
];
