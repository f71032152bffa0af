// Concurrent clients that send random commands and keep the outcome of each.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, JsonObject } from '../../../src/json/json.js';

export type SentRequest = {
  readonly number: number;
  readonly key: string;
  readonly path: string;
  readonly body: Json;
  /** How many events it records unless it is refused. */
  readonly facts: number;
};
type ReturnedEvent = { readonly id: string; readonly type: string; readonly entry: number };
/** What the response said; unknown if none arrived, or one that leaves it open or says that nothing was recorded now. */
export type RequestOutcome =
  | { readonly is: 'recorded'; readonly events: readonly ReturnedEvent[] }
  | { readonly is: 'refused'; readonly code: string }
  | { readonly is: 'unknown'; readonly code?: string };

export const MEMBER_COUNT = 12;
/** After a command that was not recorded: a node that is cut off refuses the next one at once. */
const RETRY_DELAY_MS = 100;

/** A day for each number, so that the order of two events in valid time is known. */
export const toEffectiveDate = (number: number): string =>
  new Date(Date.UTC(1950, 0, 1) + number * 86_400_000).toISOString().slice(0, 10);

export class WriteClients {
  readonly outcomes = new Map<SentRequest, RequestOutcome>();
  #count = 0;
  #isStopped = false;

  constructor(
    private readonly random: (below: number) => number,
    private readonly url: string,
    private readonly secret: string,
    earlier: number,
    /** The distance between the numbers of two requests, if several instances send at once. */
    private readonly stride = 1,
  ) {
    this.#count = earlier;
  }

  get count(): number {
    return this.#count;
  }

  /** Lets requests in flight finish and sends no others. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Runs clients until the server is gone or `stop` is called. Calls `onResponse` after each request. */
  async run(clients: number, onResponse: () => void): Promise<void> {
    const one = async () => {
      while (!this.#isStopped) {
        const { is } = await this.send(this.#createRequest());
        onResponse();
        if (is === 'unknown') await sleep(RETRY_DELAY_MS);
      }
    };
    await Promise.all(Array.from({ length: clients }, one));
  }

  async send(sent: SentRequest): Promise<RequestOutcome> {
    this.outcomes.set(sent, { is: 'unknown' });
    try {
      const response = await fetch(this.url + sent.path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${this.secret}`,
          'idempotency-key': sent.key,
          prefer: 'respond-async',
        },
        body: JSON.stringify(sent.body),
      });
      const body = (await response.json()) as { events: ReturnedEvent[]; code: string };
      if (response.ok) this.outcomes.set(sent, { is: 'recorded', events: body.events });
      else this.outcomes.set(sent, { is: response.status < 500 ? 'refused' : 'unknown', code: body.code });
    } catch {
      this.#isStopped = true;
    }
    return this.outcomes.get(sent) ?? { is: 'unknown' };
  }

  #createRequest(): SentRequest {
    const number = this.#count;
    this.#count += this.stride;
    const one = (command: string, data: JsonObject): SentRequest => ({
      number,
      key: `k${number}`,
      path: `/commands/${command}`,
      body: data,
      facts: 1,
    });
    const member = `m${this.random(MEMBER_COUNT)}`;
    const relation = (at: number) => ({ organization: 'org', member, effective: toEffectiveDate(at) });
    switch (this.random(8)) {
      case 0:
        return one('register-organization', {
          organization: `o${number}`,
          name: `No. ${number}`,
          classification: 'other',
        });
      case 1: // a taken id: refused whatever happens
        return one('register-organization', {
          organization: 'org',
          name: 'REFUSED',
          classification: 'other',
        });
      case 2:
        return one('rename-organization', { organization: 'org', name: `Name ${number}`, effective: '2002' });
      case 3: // all or none
        return {
          number,
          key: `k${number}`,
          path: '/commands',
          body: ['A', 'B', 'C'].map((letter) => ({
            command: 'rename-organization',
            data: { organization: member, name: `${letter} ${number}`, effective: '2002' },
          })),
          facts: 3,
        };
      case 4:
      case 5:
        return one('admit-member', relation(number));
      default:
        return one('end-membership', { ...relation(number), reason: 'other' });
    }
  }
}

/** Registers the organizations that all other requests refer to. */
export function createFoundationRequests(): readonly SentRequest[] {
  return ['org', ...Array.from({ length: MEMBER_COUNT }, (_, index) => `m${index}`)].map((organization) => ({
    number: 0,
    key: `first-${organization}`,
    path: '/commands/register-organization',
    body: { organization, name: organization, classification: 'other' },
    facts: 1,
  }));
}
