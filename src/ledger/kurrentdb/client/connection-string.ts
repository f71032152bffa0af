// Connection strings of KurrentDB, as its clients accept them. They contain a password, so no message quotes them.
import { LedgerUnusableError } from '../../ledger-unusable-error.js';
import { GOSSIP_TIMEOUT_MS, PING_INTERVAL_MS, PING_TIMEOUT_MS } from '../timeouts.js';

export type KurrentDbSettings = {
  /** A connection string of KurrentDB: `esdb://` or `kurrentdb://`. */
  readonly connection: string;
  /** Prefix of the names of a ledger's streams, so that several ledgers can share a cluster: `[a-z0-9]+`. */
  readonly prefix: string;
  /** The password of the user in `connection`, if that names none. */
  readonly password?: string | undefined;
};

export type Credentials = { readonly username: string; readonly password: string };

type ParsedConnection = {
  /** Sent with every append, or the driver would use batch appends, where one error fails all appends of the batch. */
  readonly credentials: Credentials;
  /** The connection string for the driver. */
  readonly connection: string;
  /** As `connection`, but to the leader, whichever servers the operator prefers. */
  readonly leaderConnection: string;
  /** Whether the driver finds the server by gossip, and prefers the leader. */
  readonly findsLeader: boolean;
};

const CONNECTION_STRING_PATTERN = /^(?:esdb|kurrentdb)(\+discover)?:\/\/(?:([^@]*)@)?([^@?]+)(?:\?(.*))?$/;
const CREDENTIALS_PATTERN = /^([^:/?#]+)(?::([^:/?#]+))?$/;
const INTEGER_PATTERN = /^-?\d{1,9}$/;
const BOOLEAN_PATTERN = /^(?:true|false)$/;
const ANY_PATTERN = /./;

/** The options of connection strings, in the spelling in which the driver compares them, with their values. */
const OPTION_PATTERNS: { readonly [name: string]: RegExp } = {
  maxdiscoverattempts: INTEGER_PATTERN,
  discoveryinterval: INTEGER_PATTERN,
  gossiptimeout: INTEGER_PATTERN,
  defaultdeadline: INTEGER_PATTERN,
  keepaliveinterval: INTEGER_PATTERN,
  keepalivetimeout: INTEGER_PATTERN,
  nodepreference: /^(?:leader|follower|read_?only_?replica|random)$/i,
  connectionname: ANY_PATTERN,
  tls: BOOLEAN_PATTERN,
  tlsverifycert: BOOLEAN_PATTERN,
  tlscafile: ANY_PATTERN,
  throwonappendfailure: BOOLEAN_PATTERN,
};

/** Throws LedgerUnusableError with a sentence that says what is wrong and quotes no value. */
export function parseConnectionString({
  connection,
  password: ownPassword,
}: KurrentDbSettings): ParsedConnection {
  const [, discover = '', userinfo, hosts, query = ''] =
    CONNECTION_STRING_PATTERN.exec(connection.trim()) ?? [];
  if (hosts === undefined)
    throw new LedgerUnusableError(
      'The connection string of the cluster is invalid: write something like esdb://user:password@host:2113, with every character of : / ? # @ % in user and password percent-encoded.',
    );
  const options = parseOptions(query);
  const credentials = parseCredentials(userinfo, ownPassword, options.get('tls') === 'false');
  const user = credentials
    ? `${encodeURIComponent(credentials.username)}:${encodeURIComponent(credentials.password)}@`
    : '';
  // Subscriptions retry without end, so one round of discovery is enough; options of the operator come later and win.
  const parameters = [
    'maxDiscoverAttempts=1',
    `gossipTimeout=${GOSSIP_TIMEOUT_MS / 1_000}`,
    `keepAliveInterval=${PING_INTERVAL_MS}`,
    `keepAliveTimeout=${PING_TIMEOUT_MS}`,
    ...query.split('&').filter(Boolean),
    'throwOnAppendFailure=false',
  ];
  const base = `esdb${discover}://${user}${hosts.replace(/\/+$/, '')}?${parameters.join('&')}`;
  const prefersLeader = (options.get('nodepreference') ?? 'leader').toLowerCase() === 'leader';
  return {
    credentials: credentials ?? { username: 'none', password: 'none' },
    connection: base,
    leaderConnection: `${base}&nodePreference=leader`,
    findsLeader: prefersLeader && (discover !== '' || hosts.includes(',')),
  };
}

/** The options by their flat names. */
function parseOptions(query: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const option of query.split('&').filter(Boolean)) {
    const [name = '', value = '', ...rest] = option.split('=');
    const flatName = name.toLowerCase().replace(/[_-]/g, '');
    if (['usercertfile', 'userkeyfile'].includes(flatName))
      throw new LedgerUnusableError(
        `The connection string of the cluster has the option "${name}", but user certificates are not supported: name a user and a password.`,
      );
    const pattern = OPTION_PATTERNS[flatName];
    // A name that is none may be the rest of a password with a question mark, so it is not quoted either.
    if (!pattern || rest.length > 0)
      throw new LedgerUnusableError(
        `The connection string of the cluster has an unknown option (number ${options.size + 1}): correct its name, or leave it out. The options are those of KurrentDB's connection strings, such as tls, tlsCAFile and nodePreference.`,
      );
    if (!pattern.test(value))
      throw new LedgerUnusableError(
        `The connection string of the cluster has an invalid value for the option "${name}": correct it.`,
      );
    options.set(flatName, value);
  }
  if (options.get('tlsverifycert') === 'false')
    throw new LedgerUnusableError(
      'The connection string of the cluster has tlsVerifyCert=false, which would send the password to any server: name the authority of its certificates with tlsCAFile.',
    );
  return options;
}

/** Undefined if there is no user, which only a cluster without TLS permits. */
function parseCredentials(
  userinfo: string | undefined,
  ownPassword: string | undefined,
  isInsecure: boolean,
): Credentials | undefined {
  if (userinfo === undefined && ownPassword !== undefined)
    throw new LedgerUnusableError(
      'There is a password for the cluster, but its connection string names no user: write esdb://user@host:2113.',
    );
  if (userinfo === undefined && isInsecure) return undefined;
  if (userinfo === undefined)
    throw new LedgerUnusableError(
      'The connection string of the cluster has no user and password: write esdb://user:password@host:2113, or add tls=false for a cluster without TLS.',
    );
  const [, username, password] = CREDENTIALS_PATTERN.exec(userinfo) ?? [];
  if (password !== undefined && ownPassword !== undefined)
    throw new LedgerUnusableError(
      'The password of the cluster is given twice, in its connection string and beside it: leave one out.',
    );
  const secret = ownPassword ?? decode(password);
  const name = decode(username);
  if (name === undefined || secret === undefined || secret === '')
    throw new LedgerUnusableError(
      'The user and password in the connection string of the cluster are invalid: write esdb://user:password@host:2113, with every character of : / ? # @ % in them percent-encoded.',
    );
  return { username: name, password: secret };
}

function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
