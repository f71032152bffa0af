// The HTTP client of the verbs that work on a running server.
import { type ClientRequest, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { OperationFailedError, UsageError } from './errors.js';
import { type ConnectionOptions, findApiKey, type FoundApiKey } from './find-api-key.js';

type RequestOptions = {
  readonly method?: string;
  readonly body?: Uint8Array;
  readonly headers?: { readonly [name: string]: string };
  readonly signal?: AbortSignal;
};

/** The errors of fields in a problem. `pointer` is RFC 6901; a wrong parameter of the address has a name instead. */
type FieldError = { readonly pointer?: string; readonly detail: string; readonly code: string };
type Problem = { readonly detail: string; readonly code: string; readonly errors?: readonly FieldError[] };

export class ApiClient {
  /** Without a trailing slash. */
  readonly url: string;
  readonly #options: ConnectionOptions;
  readonly #environment: NodeJS.ProcessEnv;
  #key: Promise<FoundApiKey | undefined> | undefined;

  /** Throws UsageError. */
  constructor(options: ConnectionOptions, environment = process.env) {
    const address =
      options.url ?? (environment['MINUTEBOOK_URL'] || `http://127.0.0.1:${environment['PORT'] || '3000'}`);
    if (!/^https?:$/.test(URL.parse(address)?.protocol ?? ''))
      throw new UsageError(`"${address}" is not the address of a server, such as http://127.0.0.1:3000.`);
    this.url = address.replace(/\/+$/, '');
    this.#options = options;
    this.#environment = environment;
  }

  /** Resolves to an answer with a 2xx status; rejects with OperationFailedError for any other, and without a connection. */
  async request(
    path: string,
    { method = 'GET', body, headers = {}, signal }: RequestOptions = {},
  ): Promise<Response> {
    const authorization = await this.#createAuthorization();
    let response: Response;
    try {
      response = await fetch(`${this.url}${path}`, {
        method,
        headers: { ...authorization, ...headers },
        ...(body && { body: body as Uint8Array<ArrayBuffer> }),
        ...(signal && { signal }),
      });
    } catch (error) {
      throw this.toConnectionError(error);
    }
    if (!response.ok) throw await this.parseProblem(response.status, await response.text());
    return response;
  }

  /** A request with a streamed body, whose answer may begin before the body has ended. */
  async openRequest(path: string, headers: { readonly [name: string]: string }): Promise<ClientRequest> {
    const address = new URL(`${this.url}${path}`);
    const send = address.protocol === 'https:' ? secureRequest : request;
    const authorization = await this.#createAuthorization();
    return send(address, { method: 'POST', headers: { ...authorization, ...headers } });
  }

  /** A failure of the network as a sentence; an abort stays as it is. */
  toConnectionError(error: unknown): Error {
    const { cause, code, name } = error as { cause?: NodeJS.ErrnoException; code?: string; name?: string };
    if (name === 'AbortError') return error as Error;
    const why = cause?.code ?? code;
    return why === 'ECONNREFUSED'
      ? new OperationFailedError(
          `No server answers at ${this.url}: start it, or name another one with --url.`,
        )
      : new OperationFailedError(
          `The connection to ${this.url} failed (${why ?? cause?.message ?? (error as Error).message}).`,
        );
  }

  /** A problem (RFC 9457) as one sentence for each error in it; any other answer with an error status as one sentence. */
  async parseProblem(status: number, text: string): Promise<OperationFailedError> {
    const problem = findProblem(text);
    if (!problem)
      return new OperationFailedError(`The server answered with status ${status} and gave no reason.`);
    if (problem.code === 'unknown-key') return new OperationFailedError(await this.#explainRefusedKey());
    return new OperationFailedError(formatProblemLines(problem).join('\n'));
  }

  /** The server's own sentence is about a header, which nobody sends from a command line. */
  async #explainRefusedKey(): Promise<string> {
    const found = await this.#findKey();
    return found === undefined
      ? 'This needs an API key: name it with --key or MINUTEBOOK_KEY, or the data directory of the server with --data (unknown-key).'
      : `${this.url} does not accept the API key of ${found.origin}: name another one with --key or MINUTEBOOK_KEY, or the data directory of the server with --data (unknown-key).`;
  }

  async #createAuthorization(): Promise<{ readonly [name: string]: string }> {
    const found = await this.#findKey();
    return found === undefined ? {} : { authorization: `Bearer ${found.key}` };
  }

  #findKey(): Promise<FoundApiKey | undefined> {
    this.#key ??= findApiKey(this.#options, this.url, this.#environment, () => this.#fetchVerifierKey());
    return this.#key;
  }

  /** The key of the server's checkpoints; undefined if it does not tell it without an API key. */
  async #fetchVerifierKey(): Promise<string | undefined> {
    try {
      const response = await fetch(`${this.url}/checkpoint/key`);
      const text = await response.text();
      return response.ok ? text.trim() : undefined;
    } catch {
      return undefined; // the request that follows reports it
    }
  }
}

/** Undefined for what is no problem of this server: a proxy may have answered. */
function findProblem(text: string): Problem | undefined {
  try {
    const { detail, code, errors } = JSON.parse(text) as Partial<Problem>;
    if (typeof detail !== 'string' || typeof code !== 'string') return undefined;
    return { detail, code, ...(Array.isArray(errors) && { errors: errors as readonly FieldError[] }) };
  } catch {
    return undefined;
  }
}

/** A sentence for each error, or one about the whole. */
function formatProblemLines({ detail, code, errors = [] }: Problem): readonly string[] {
  if (errors.length < 2) return [formatDetailWithCode(detail, code)];
  return errors.map((error) => {
    const place = error.pointer ? `${error.pointer}: ` : '';
    return `${place}${formatDetailWithCode(error.detail, error.code)}`;
  });
}

export const formatDetailWithCode = (detail: string, code: string): string =>
  `${detail.replace(/\.$/, '')} (${code}).`;
