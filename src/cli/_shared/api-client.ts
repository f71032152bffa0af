// The HTTP client of the verbs that work on a running server.
import { existsSync, readFileSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { OperationFailedError, UsageError } from './errors.js';

/** The server and the API key, as far as the command line states them. */
export type ConnectionOptions = { readonly url?: string; readonly key?: string; readonly data?: string };

type RequestOptions = {
  readonly method?: string;
  readonly body?: Uint8Array;
  readonly headers?: { readonly [name: string]: string };
  readonly signal?: AbortSignal;
};

export class ApiClient {
  /** Without a trailing slash. */
  readonly url: string;
  readonly #key: string | undefined;

  /** Throws UsageError. */
  constructor({ url, key, data }: ConnectionOptions, environment = process.env) {
    const address =
      url ?? (environment['MINUTEBOOK_URL'] || `http://127.0.0.1:${environment['PORT'] || '3000'}`);
    if (!/^https?:$/.test(URL.parse(address)?.protocol ?? ''))
      throw new UsageError(`"${address}" is not the address of a server, such as http://127.0.0.1:3000.`);
    this.url = address.replace(/\/+$/, '');
    this.#key =
      key ??
      (environment['MINUTEBOOK_KEY'] ||
        (data !== undefined || isLocalAddress(address)
          ? readAdminKey(data ?? (environment['DATA_DIR'] || './data'))
          : undefined));
  }

  /** Resolves to an answer with a 2xx status; rejects with OperationFailedError for any other, and without a connection. */
  async request(
    path: string,
    { method = 'GET', body, headers = {}, signal }: RequestOptions = {},
  ): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${this.url}${path}`, {
        method,
        headers: { ...this.#authorization(), ...headers },
        ...(body && { body: body as Uint8Array<ArrayBuffer> }),
        ...(signal && { signal }),
      });
    } catch (error) {
      throw this.toConnectionError(error);
    }
    if (!response.ok) throw parseProblem(response.status, await response.text());
    return response;
  }

  /** A request with a streamed body, whose answer may begin before the body has ended. */
  openRequest(path: string, headers: { readonly [name: string]: string }): ClientRequest {
    const address = new URL(`${this.url}${path}`);
    const send = address.protocol === 'https:' ? secureRequest : request;
    return send(address, { method: 'POST', headers: { ...this.#authorization(), ...headers } });
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

  #authorization(): { readonly [name: string]: string } {
    return this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` };
  }
}

/** A problem (RFC 9457), or any other answer with an error status, as one sentence. */
export function parseProblem(status: number, text: string): OperationFailedError {
  try {
    const { detail, code } = JSON.parse(text) as { detail?: unknown; code?: unknown };
    if (typeof detail === 'string' && typeof code === 'string')
      return new OperationFailedError(formatProblem(detail, code));
  } catch {
    // Not a problem of the server: a proxy may have answered.
  }
  return new OperationFailedError(`The server answered with status ${status} and gave no reason.`);
}

export const formatProblem = (detail: string, code: string): string =>
  `${detail.replace(/\.$/, '')} (${code}).`;

/** Whether an address is this machine's own. No other server is sent a key that the user did not name. */
const isLocalAddress = (address: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(address).hostname);

function readAdminKey(directory: string): string | undefined {
  const file = join(directory, 'admin.key');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
