import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { ApplicationError } from '../errors/application-error.js';
import type { OidcSettings } from '../auth/access-token-verifier.js';
import { isSecureAddress } from '../auth/issuer-keys.js';
import { InvalidKeyError, NoteVerifierKey } from '../ledger/checkpoints/signed-note.js';
import { LOG_FORMATS, type LogFormat } from './operator-message.js';
import type { KurrentDbSettings } from '../ledger/kurrentdb/client/connection-string.js';

/** A setting is invalid. The message names it. */
export class ConfigurationError extends ApplicationError {
  readonly code = 'invalid-configuration';
}

const MILLISECONDS_PER_SECOND = 1_000;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export class Configuration {
  readonly port: number;
  readonly host: string;
  readonly dataDirectory: string;
  /** Whether reading needs no key. */
  readonly publicReads: boolean;
  /** The path under which a proxy serves this server, such as `/minutebook`; empty for none. */
  readonly basePath: string;
  /** Scheme and host under which clients reach it; undefined if links must not depend on it. */
  readonly publicOrigin: string | undefined;
  /** The origins whose pages may write, and read where reading needs a key: `https://book.example.org`. */
  readonly corsOrigins: readonly string[];
  /** Requests per principal and minute; 0 for no limit. */
  readonly rateLimit: number;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** The addresses of proxies whose X-Forwarded-For is believed, with masks; none by default. */
  readonly trustProxy: readonly string[];
  /** Whether commands are recorded, with the time of the last entry, while that is later than the clock. */
  readonly continuesBehindHead: boolean;
  /** The cluster that orders the events; undefined for an embedded ledger. */
  readonly cluster: KurrentDbSettings | undefined;
  /** For how long a node of a cluster trusts the API keys that it knows while it cannot learn of changes. */
  readonly keysTrustMs: number;
  /** The issuer whose access tokens are accepted beside API keys; undefined for none. */
  readonly oidc: OidcSettings | undefined;
  /** A file with the key that signs checkpoints; undefined for the key of the data directory, or, in a cluster, for none. */
  readonly checkpointKeyFile: string | undefined;
  /** The public key of the cluster's checkpoints; undefined to trust that of the first one. */
  readonly checkpointKey: NoteVerifierKey | undefined;
  /** The origin line of the checkpoints, if the key is still to be created; undefined for a random one. */
  readonly checkpointName: string | undefined;

  /** Throws ConfigurationError. */
  constructor(environment: { readonly [name: string]: string | undefined }) {
    const integer = (name: string, fallback: number, least: number, most: number): number => {
      const text = environment[name] || String(fallback);
      const value = Number(text);
      if (!/^\d+$/.test(text) || value < least || value > most)
        throw new ConfigurationError(
          `${name} must be an integer from ${least} to ${most}, but is "${text}".`,
        );
      return value;
    };
    const oneOf = <T extends string>(name: string, values: readonly T[], fallback: T): T => {
      const text = environment[name] || fallback;
      const value = values.find((each) => each === text);
      if (value === undefined)
        throw new ConfigurationError(`${name} must be one of ${values.join(', ')}, but is "${text}".`);
      return value;
    };
    this.port = integer('PORT', 3000, 0, 65_535);
    this.host = environment['HOST'] || '127.0.0.1';
    this.dataDirectory = resolve(environment['DATA_DIR'] || './data');
    this.publicReads = oneOf('READ_ACCESS', ['public', 'authenticated'], 'public') === 'public';
    const publicUrl = parsePublicUrl(environment['PUBLIC_URL'] || undefined);
    this.publicOrigin = publicUrl?.origin;
    this.basePath = parseBasePath(environment['BASE_PATH'] || undefined, publicUrl);
    this.corsOrigins = parseOrigins(environment['CORS_ORIGINS'] || '');
    this.rateLimit = integer('RATE_LIMIT', 0, 0, 10_000_000);
    this.logLevel = oneOf('LOG_LEVEL', LOG_LEVELS, 'log');
    this.logFormat = oneOf('LOG_FORMAT', LOG_FORMATS, 'text');
    this.trustProxy = parseProxies(environment['TRUST_PROXY'] || '');
    this.continuesBehindHead = oneOf('CLOCK_BEHIND_HEAD', ['refuse', 'continue'], 'refuse') === 'continue';
    this.checkpointKeyFile = environment['CHECKPOINT_KEY_FILE'] || undefined;
    this.checkpointName = environment['CHECKPOINT_NAME'] || undefined;
    if (this.checkpointName !== undefined && !/^[\w.~/-]{1,200}$/.test(this.checkpointName))
      throw new ConfigurationError(
        `CHECKPOINT_NAME must look like an address without its scheme, such as book.example.org, but is "${this.checkpointName}".`,
      );
    this.checkpointKey = parsePublicKey(environment['CHECKPOINT_KEY'] || undefined);
    this.cluster = parseCluster(environment);
    this.keysTrustMs = integer('KEYS_TRUST', 300, 1, 31_536_000) * MILLISECONDS_PER_SECOND;
    if (this.checkpointKey && !this.cluster)
      throw new ConfigurationError(
        'CHECKPOINT_KEY is for the nodes of a cluster that do not sign, but LEDGER names no cluster: unset it.',
      );
    this.oidc = parseOidc(environment);
  }

  /** The configured level and more severe ones. */
  get logLevels(): readonly LogLevel[] {
    return LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(this.logLevel) + 1);
  }

  /** The levels that Nest logs: the configured one and more severe ones. Its routine messages need `debug`. */
  get nestLogLevels(): readonly LogLevel[] {
    const levels = this.logLevels;
    return levels.includes('debug') ? levels : levels.filter((level) => level !== 'log');
  }
}

function parsePublicUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || /[?#@\s]/.test(text))
    throw new ConfigurationError(
      `PUBLIC_URL must be an address such as https://example.org or https://example.org/minutebook, but is "${text}".`,
    );
  return url;
}

/** By default the path of PUBLIC_URL; empty for the root. */
function parseBasePath(text: string | undefined, publicUrl: URL | undefined): string {
  const publicPath = publicUrl?.pathname.replace(/\/$/, '') ?? '';
  const path = text === undefined ? publicPath : text.replace(/\/$/, '');
  if (path !== '' && !/^(?:\/[\w.~-]+)+$/.test(path))
    throw new ConfigurationError(`BASE_PATH must be a path such as /minutebook, but is "${path}".`);
  if (publicPath !== '' && publicPath !== path)
    throw new ConfigurationError(
      `BASE_PATH is "${path}", but the path of PUBLIC_URL is "${publicPath}": leave one of them out.`,
    );
  return path;
}

/** The items of a list that is separated by commas. */
const splitList = (list: string): readonly string[] =>
  list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

/** A network of fewer bits would be nearly everybody, who could then choose the address that limits count. */
const PROXY_BITS_MIN = 8;

/** Addresses and networks of proxies. */
function parseProxies(list: string): readonly string[] {
  const proxies = splitList(list);
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/');
    const bitsMax = isIP(address) === 6 ? 128 : 32;
    const isNetwork =
      bits === undefined || (/^\d+$/.test(bits) && isBetween(Number(bits), PROXY_BITS_MIN, bitsMax));
    if (isIP(address) === 0 || !isNetwork)
      throw new ConfigurationError(
        `TRUST_PROXY must be addresses of proxies such as 127.0.0.1 or 10.1.0.0/16, separated by commas, but one is "${proxy}".`,
      );
  }
  return proxies;
}

const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most;

/** Origins as browsers send them, separated by commas. Any page (`*`) may read a public book in any case, but not write. */
function parseOrigins(list: string): readonly string[] {
  const origins = splitList(list);
  for (const origin of origins)
    if (!/^https?:$/.test(URL.parse(origin)?.protocol ?? '') || URL.parse(origin)?.origin !== origin)
      throw new ConfigurationError(
        `CORS_ORIGINS must be origins such as https://www.example.org, separated by commas, but one is "${origin}".`,
      );
  return origins;
}

function parseOidc(environment: { readonly [name: string]: string | undefined }): OidcSettings | undefined {
  const issuer = environment['OIDC_ISSUER'] || undefined;
  const audience = environment['OIDC_AUDIENCE'] || undefined;
  const roleClaim = environment['OIDC_ROLE_CLAIM'] || 'roles';
  if (!/^(?=.*[A-Za-z])[\x21-\x7e]+$/.test(roleClaim))
    throw new ConfigurationError(
      `OIDC_ROLE_CLAIM must be the name of a claim, such as realm_access.roles, but is "${roleClaim}".`,
    );
  if (issuer === undefined) {
    if (audience !== undefined)
      throw new ConfigurationError(
        'OIDC_AUDIENCE is about access tokens, but OIDC_ISSUER names no issuer of them.',
      );
    return undefined;
  }
  const url = URL.parse(issuer);
  if (!url || !isSecureAddress(url) || /[?#@\s]/.test(issuer))
    throw new ConfigurationError(
      `OIDC_ISSUER must be the address of an issuer with https, exactly as its tokens name it, but is "${issuer}".`,
    );
  if (audience === undefined)
    throw new ConfigurationError(
      'OIDC_AUDIENCE is missing: name what the claim "aud" of a token for this server contains, or tokens for other servers would be accepted here.',
    );
  return { issuer, audience, roleClaim };
}

/** The settings of the cluster; undefined for the embedded ledger. No message quotes LEDGER, which has a password. */
function parseCluster(environment: {
  readonly [name: string]: string | undefined;
}): KurrentDbSettings | undefined {
  const connection = environment['LEDGER'] || 'sqlite';
  const prefix = environment['LEDGER_PREFIX'] || 'minutebook';
  const passwordFile = environment['LEDGER_PASSWORD_FILE'] || undefined;
  if (!/^[a-z0-9]+$/.test(prefix))
    throw new ConfigurationError(`LEDGER_PREFIX must be of a-z and 0-9, but is "${prefix}".`);
  if (connection !== 'sqlite' && !/^(?:esdb|kurrentdb)(?:\+discover)?:\/\//.test(connection))
    throw new ConfigurationError(
      'LEDGER must be sqlite, or esdb://... or kurrentdb://... for a cluster, but begins otherwise.',
    );
  if (connection !== 'sqlite')
    return { connection, prefix, password: passwordFile && readPasswordFile(passwordFile) };
  if (passwordFile !== undefined)
    throw new ConfigurationError(
      'LEDGER_PASSWORD_FILE is for the user of a cluster, but LEDGER names no cluster: unset it.',
    );
  return undefined;
}

/** The first line of the file. */
function readPasswordFile(file: string): string {
  const lines = readTextFile(file).replace(/\r?\n$/, '');
  if (lines === '' || /[\r\n]/.test(lines))
    throw new ConfigurationError(
      `LEDGER_PASSWORD_FILE names ${file}, which must contain the password as its only line.`,
    );
  return lines;
}

function readTextFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(`LEDGER_PASSWORD_FILE names ${file}, which cannot be read (${code}).`);
  }
}

function parsePublicKey(text: string | undefined): NoteVerifierKey | undefined {
  try {
    return text === undefined ? undefined : NoteVerifierKey.fromVerifierKey(text);
  } catch (error) {
    if (!(error instanceof InvalidKeyError)) throw error;
    throw new ConfigurationError(
      `CHECKPOINT_KEY must be the public key of the checkpoints, as GET /checkpoint/key shows it: ${error.message}.`,
    );
  }
}
