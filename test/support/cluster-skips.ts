// Every test that `npm run test:cluster` skips, with its reason. cluster-skip-reporter.ts fails the run if another test is
// skipped; test/cluster-skips.spec.ts fails if the list grows.

const reasons = {
  clusterKeys: 'in a cluster the keys are in the cluster and not in a directory',
  dataDirectory: 'in a cluster a data directory is only a replica',
  doubleFaults: 'only the double can be told to lose, delay, lack or alter what it answers',
  environment:
    'needs strace, a small disk, script (util-linux) or a shared record, which may be missing here',
  import: 'a cluster takes no whole book',
  waits: 'a node of a cluster waits for entries that others may have recorded',
};

type SkipReason = keyof typeof reasons;

/** By file, the beginning of the title of each skipped test or group of tests, and why it is skipped. */
export const clusterSkips: {
  readonly [file: string]: { readonly [title: string]: keyof typeof reasons };
} = {
  'test/api/audit/changes-and-stream-trail.spec.ts': {
    'is refused as not-yet beyond the head of the ledger': 'waits',
  },
  'test/api/events/event-list-and-live-feed.spec.ts': {
    'refuses a position beyond the head as not-yet': 'waits',
    'refuses a position beyond the head, so that a client which followed another copy misses nothing silently':
      'waits',
  },
  'test/api/events/export-and-import.spec.ts': {
    'an export imported into an empty ledger': 'import',
    'an import is refused': 'import',
    'an altered export': 'import',
    'during an import': 'import',
    'a large ledger': 'import',
  },
  'test/api/operations/metrics.spec.ts': {
    'has the head, what was appended, and every read model': 'waits',
  },
  'test/api/operations/readiness.spec.ts': {
    'while another program holds the lock of ledger.db': 'dataDirectory',
    'once ledger.db was removed': 'dataDirectory',
    'a clock behind the last entry': 'dataDirectory',
  },
  'test/api/read-models/permalinks.spec.ts': {
    'is refused beyond the head of the ledger': 'waits',
    'refuses a cursor beyond the head of the ledger': 'waits',
  },
  'test/api/recorded-answers.spec.ts': {
    'the answers on a ledger of an earlier release': 'import',
  },
  'test/auth/authorization.spec.ts': {
    'added or revoked by another process is effective at once': 'clusterKeys',
  },
  'test/cli/backup-command.spec.ts': {
    'minutebook backup': 'dataDirectory',
  },
  'test/cli/keys-command.spec.ts': {
    'creates no book in a directory without one': 'clusterKeys',
  },
  'test/cli/long-running-operations.spec.ts': {
    progress: 'environment',
    'is exported and imported through a server in bounded memory': 'import',
    'by the end of the server, which is reported': 'import',
    'by the client of a server, which keeps running': 'import',
  },
  'test/cli/subcommands-offline.spec.ts': {
    'a server on the copy gives the same answers': 'import',
    'refuses to import into a ledger that is not empty': 'dataDirectory',
  },
  'test/cluster/random-failures.spec.ts': {
    after: 'doubleFaults',
  },
  'test/docs/executable-documentation.spec.ts': {
    'shell snippets run as shown': 'dataDirectory',
    'SQL snippets have the rows that are shown': 'dataDirectory',
  },
  'test/docs/first-book.spec.ts': {
    'the first book': 'dataDirectory',
  },
  'test/docs/recipes.spec.ts': {
    'a recipe that is followed literally ends with green tests': 'import',
  },
  'test/durability/disk-failure-shutdown.spec.ts': {
    'a permanently failing disk ends the server': 'environment',
  },
  'test/durability/online-rebuild.spec.ts': {
    'reads and commands are answered throughout, from the current generation': 'dataDirectory',
    'after a kill': 'dataDirectory',
  },
  'test/http/request-phases.spec.ts': {
    'ends with a result that says why, and commands are recorded again': 'import',
  },
  'test/kurrentdb-double/appends.spec.ts': {
    'appends up to the maximum size are recorded, larger ones are refused': 'doubleFaults',
  },
  'test/ledger/checkpoints/checkpoint-continuity.spec.ts': {
    'the last checkpoint': 'dataDirectory',
    'a ledger that contradicts its checkpoint does not start': 'dataDirectory',
    'the key': 'dataDirectory',
    'a checkpoint with any byte altered, or truncated, prevents the start': 'dataDirectory',
    'a node whose ledger contradicts its checkpoint while it runs signs nothing more and ends':
      'dataDirectory',
  },
  'test/ledger/kurrentdb/append/batched-appends.spec.ts': {
    'appends of one stream that wait for each other': 'doubleFaults',
  },
  'test/ledger/kurrentdb/append/lost-append-responses.spec.ts': {
    'an append whose response is lost': 'doubleFaults',
  },
  'test/ledger/kurrentdb/replication/broken-log.spec.ts': {
    'a broken log': 'doubleFaults',
    'a data directory': 'doubleFaults',
  },
  'test/ledger/kurrentdb/replication/diagnose-divergence.spec.ts': {
    diagnoseDivergence: 'doubleFaults',
  },
  'test/ledger/kurrentdb/replication/foreign-events.spec.ts': {
    'an event of another client': 'doubleFaults',
  },
  'test/ledger/kurrentdb/replication/group-atomicity.spec.ts': {
    'a group of events': 'doubleFaults',
  },
  'test/ledger/kurrentdb/replication/lagging-kurrentdb-node.spec.ts': {
    'a KurrentDB node that lags behind': 'doubleFaults',
  },
  'test/ledger/kurrentdb/replication/node-consistency.spec.ts': {
    'nodes neither lose nor repeat entries when connections break at any event': 'doubleFaults',
    'is raised to that of the previous entry when nodes race': 'doubleFaults',
    'an append whose dependency failed is refused even if the revision matches': 'doubleFaults',
    'a required stream counts as it was at the time of the call': 'doubleFaults',
    'a late response behind entries of other nodes refuses the append and nothing else': 'doubleFaults',
  },
  'test/ledger/kurrentdb/replication/reconnection.spec.ts': {
    'a node that is cut off from its cluster': 'doubleFaults',
    'a cluster of several servers': 'doubleFaults',
  },
  'test/ledger/kurrentdb/replication/stale-server.spec.ts': {
    'a node on a server that no longer delivers': 'doubleFaults',
  },
  'test/ledger/kurrentdb/replication/unresponsive-kurrentdb-node.spec.ts': {
    'a KurrentDB node that sends nothing': 'doubleFaults',
  },
  'test/node/cluster-nodes.spec.ts': {
    'a command that is too large for the cluster': 'doubleFaults',
  },
  'test/node/stale-node.spec.ts': {
    'a node whose server was cut off from the others': 'doubleFaults',
    'a node that has seen a change of the keys which the cluster has lost': 'doubleFaults',
  },
  'test/projections/csto-history.spec.ts': {
    'the shared expectations for the CSTO record': 'environment',
  },
  'test/server/earlier-release.spec.ts': {
    'the data directory of an earlier release': 'dataDirectory',
  },
  'test/server/scarce-resources.spec.ts': {
    'a start on a full disk': 'dataDirectory',
    'a start with few file descriptors': 'dataDirectory',
    'files that are not what they should be': 'dataDirectory',
    'a copy on a read-only disk': 'dataDirectory',
  },
  'test/upcasting/missing-specimens.spec.ts': {
    'the specimens': 'import',
  },
  'test/upcasting/specimen-compatibility.spec.ts': {
    'the specimen ledger can be imported into an empty ledger and exported unchanged': 'import',
  },
};

const startsWithTitle = (titles: readonly string[], title: string): boolean =>
  titles.some((each) => each.startsWith(title));

/** The reason for which a test may be skipped; undefined if it is not in the list. `titles` are those of its groups and its own. */
export function findSkipReason(file: string, titles: readonly string[]): string | undefined {
  for (const [title, reason] of Object.entries(clusterSkips[file] ?? {}))
    if (startsWithTitle(titles, title)) return reasons[reason];
  return undefined;
}

/**
 * Which titles of the list the run of a file has not skipped. What the double's faults are needed for runs on a double,
 * and what the environment may lack runs where it has it.
 */
export function findUnusedSkips(
  file: string,
  skipped: readonly (readonly string[])[],
  isDouble: boolean,
): readonly string[] {
  const mayRun: readonly SkipReason[] = isDouble ? ['environment', 'doubleFaults'] : ['environment'];
  return Object.entries(clusterSkips[file] ?? {})
    .filter(([, reason]) => !mayRun.includes(reason))
    .map(([title]) => title)
    .filter((title) => !skipped.some((titles) => startsWithTitle(titles, title)));
}
