// Clients who say all kinds of things at once and remember what they were told.
import type { Json, JsonObject } from '../../../src/eventsourcing/message.js';

export type Sent = {
  readonly number: number;
  readonly key: string;
  readonly path: string;
  readonly body: Json;
  /** How many facts it records unless it is refused. */
  readonly facts: number;
};
type Event = { readonly id: string; readonly type: string; readonly entry: number };
/** What a client was told. Nothing is what is known of a request whose answer did not come. */
export type Told =
  | { readonly is: 'recorded'; readonly events: readonly Event[] }
  | { readonly is: 'refused'; readonly code: string }
  | { readonly is: 'unknown' };

export const MEMBERS = 12;

/** A day of its own for each number, so that of two facts it is always known which came first. */
export const day = (number: number): string =>
  new Date(Date.UTC(1950, 0, 1) + number * 86_400_000).toISOString().slice(0, 10);

export class Secretaries {
  readonly told = new Map<Sent, Told>();
  #count = 0;
  #isOver = false;

  constructor(
    private readonly random: (below: number) => number,
    private readonly url: string,
    private readonly secret: string,
    earlier: number,
    /** Of how many who send at once, each other numbers, these are one. */
    private readonly stride = 1,
  ) {
    this.#count = earlier;
  }

  get count(): number {
    return this.#count;
  }

  /** They send nothing more. */
  rest(): void {
    this.#isOver = true;
  }

  /** All of them send until the server is gone, or they are to rest. Each answer is told to `heard`. */
  async work(clients: number, heard: () => void): Promise<void> {
    const one = async () => {
      while (!this.#isOver) {
        await this.send(this.#next());
        heard();
      }
    };
    await Promise.all(Array.from({ length: clients }, one));
  }

  async send(sent: Sent): Promise<Told> {
    this.told.set(sent, { is: 'unknown' });
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
      const body = (await response.json()) as { events: Event[]; code: string };
      if (response.ok) this.told.set(sent, { is: 'recorded', events: body.events });
      else if (response.status < 500) this.told.set(sent, { is: 'refused', code: body.code });
    } catch {
      this.#isOver = true;
    }
    return this.told.get(sent) ?? { is: 'unknown' };
  }

  #next(): Sent {
    const number = this.#count;
    this.#count += this.stride;
    const one = (command: string, data: JsonObject): Sent => ({
      number,
      key: `k${number}`,
      path: `/commands/${command}`,
      body: data,
      facts: 1,
    });
    const member = `m${this.random(MEMBERS)}`;
    const relation = (at: number) => ({ organization: 'org', member, effective: day(at) });
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

/** The organizations that everything else speaks of. */
export function foundations(): readonly Sent[] {
  return ['org', ...Array.from({ length: MEMBERS }, (_, index) => `m${index}`)].map((organization) => ({
    number: 0,
    key: `first-${organization}`,
    path: '/commands/register-organization',
    body: { organization, name: organization, classification: 'other' },
    facts: 1,
  }));
}
