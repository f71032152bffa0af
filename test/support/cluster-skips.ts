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
  'test/auth/kurrentdb-key-store.spec.ts': {
    'keeps the known keys while the node is cut off, also after a restart': 'doubleFaults',
    'continues behind the last event when the connection is restored': 'doubleFaults',
    'adds a key once, whichever append responses are lost': 'doubleFaults',
    'keeps its keys and permits no administration when the cluster was restored from an older backup':
      'doubleFaults',
    'follows the keys again when the events come back that a new leader lacked at first': 'doubleFaults',
    'is in doubt only until the cluster has the event again': 'doubleFaults',
    'learns within seconds of changes that its server does not have': 'doubleFaults',
    'reads and subscribes again when the server does not respond': 'doubleFaults',
    'subscribes again when an open subscription delivers nothing': 'doubleFaults',
    'continues on a server that lags behind, whose missing events do not count as gone': 'doubleFaults',
  },
  'test/cli/backup-command.spec.ts': {
    'minutebook backup': 'dataDirectory',
  },
  'test/cli/copy-book.spec.ts': {
    'by SIGINT is continued by the next run': 'doubleFaults',
    'by a cluster that stops or loses responses is continued by the next run': 'doubleFaults',
    'by another client that records in the target reports that': 'doubleFaults',
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
  'test/cluster/cluster-outage.spec.ts': {
    'a server whose cluster is down': 'doubleFaults',
  },
  'test/cluster/random-failures.spec.ts': {
    after: 'doubleFaults',
  },
  'test/cluster/shared-keys-and-checkpoints.spec.ts': {
    'a node of a cluster': 'doubleFaults',
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
  'test/ledger/kurrentdb/replication/cluster-checkpoints.spec.ts': {
    'reports no divergence while the subscription has yet to deliver the entries that were signed':
      'doubleFaults',
    'withdraws a divergence when its server only lagged behind': 'doubleFaults',
    'appends a checkpoint once, whichever responses are lost': 'doubleFaults',
    'serves the last checkpoint while it is cut off, and refuses a larger one': 'doubleFaults',
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
    'a server that is cut off from its cluster': 'doubleFaults',
    'a command that is too large for the cluster': 'doubleFaults',
  },
  'test/node/disconnected-node.spec.ts': {
    'a node that is cut off': 'doubleFaults',
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

/** The reason for which a test may be skipped; undefined if it is not in the list. `titles` are those of its groups and its own. */
export function findSkipReason(file: string, titles: readonly string[]): string | undefined {
  for (const [title, reason] of Object.entries(clusterSkips[file] ?? {}))
    if (titles.some((each) => each.startsWith(title))) return reasons[reason];
  return undefined;
}
