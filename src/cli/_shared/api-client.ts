// A running server, as a verb speaks to it.
import { existsSync, readFileSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { OperationFailedError, UsageError } from './errors.js';

/** Where the server is and who speaks, as far as the command line says. */
export type ConnectionOptions = { readonly url?: string; readonly key?: string; readonly data?: string };

type RequestOptions = {
  readonly method?: string;
  readonly body?: Uint8Array;
  readonly headers?: { readonly [name: string]: string };
  readonly signal?: AbortSignal;
};

export class ApiClient {
  /** Without a slash at its end. */
  readonly url: string;
  readonly #key: string | undefined;

  /** Throws WrongUsage. */
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

  /** An answer that says yes. Rejects with Refused: what the server says against it, or that there is none. */
  async request(
    path: string,
    { method = 'GET', body, headers = {}, signal }: RequestOptions = {},
  ): Promise<Response> {
    let answer: Response;
    try {
      answer = await fetch(`${this.url}${path}`, {
        method,
        headers: { ...this.#authorization(), ...headers },
        ...(body && { body: body as Uint8Array<ArrayBuffer> }),
        ...(signal && { signal }),
      });
    } catch (error) {
      throw this.toConnectionError(error);
    }
    if (!answer.ok) throw parseProblem(answer.status, await answer.text());
    return answer;
  }

  /** A request whose body is to be written, and whose answer may begin before that has ended. */
  openRequest(path: string, headers: { readonly [name: string]: string }): ClientRequest {
    const address = new URL(`${this.url}${path}`);
    const send = address.protocol === 'https:' ? secureRequest : request;
    return send(address, { method: 'POST', headers: { ...this.#authorization(), ...headers } });
  }

  /** What a failure of the network is to whoever asked. */
  toConnectionError(error: unknown): Error {
    const { cause, code, name } = error as { cause?: NodeJS.ErrnoException; code?: string; name?: string };
    if (name === 'AbortError') return error as Error;
    const why = cause?.code ?? code;
    return why === 'ECONNREFUSED'
      ? new OperationFailedError(`No server answers at ${this.url}: start it, or name another with --url.`)
      : new OperationFailedError(
          `The connection to ${this.url} failed (${why ?? cause?.message ?? (error as Error).message}).`,
        );
  }

  #authorization(): { readonly [name: string]: string } {
    return this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` };
  }
}

/** A problem (RFC 9457), or whatever else a server says, as one sentence. */
export function parseProblem(status: number, text: string): OperationFailedError {
  try {
    const { detail, code } = JSON.parse(text) as { detail?: unknown; code?: unknown };
    if (typeof detail === 'string' && typeof code === 'string')
      return new OperationFailedError(formatProblem(detail, code));
  } catch {
    // falls through: something between here and the server has answered
  }
  return new OperationFailedError(`The server answered with ${status}, and without saying why.`);
}

export const formatProblem = (detail: string, code: string): string =>
  `${detail.replace(/\.$/, '')} (${code}).`;

/** Whether an address is one of this machine's own. No other server is sent a key that nobody named. */
const isLocalAddress = (address: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(address).hostname);

function readAdminKey(directory: string): string | undefined {
  const file = join(directory, 'admin.key');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
