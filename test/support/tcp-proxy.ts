// A TCP proxy to a server that can be cut, slowed down, or can silently drop data as a firewall or a switched-off machine
// does.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const HOST = '127.0.0.1';

/** Data from the clients to the server, or from the server to the clients. */
type Direction = 'requests' | 'responses';
const BOTH: readonly Direction[] = ['requests', 'responses'];

export class TcpProxy {
  readonly #sockets = new Set<Socket>();
  readonly #stalled = new Set<Direction>();
  #isDisconnected = false;
  #delayMs = 0;
  /** Bytes that were accepted and not forwarded since the proxy was stalled. */
  #droppedBytes = 0;

  private constructor(
    private readonly server: Server,
    serverHost: string,
    serverPort: number,
  ) {
    server.on('connection', (near) => {
      if (this.#isDisconnected) {
        near.destroy();
        return;
      }
      const far = connect(serverPort, serverHost);
      this.#forward(near, far, 'requests');
      this.#forward(far, near, 'responses');
    });
  }

  /** Forwards to a port, by default of this machine. */
  static async to(port: number, host = HOST): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    server.listen(0, HOST);
    await once(server, 'listening');
    return new TcpProxy(server, host, port);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Cuts all connections and refuses new ones, until it is restored. */
  disconnect(): void {
    this.#isDisconnected = true;
    this.#destroySockets();
  }

  /** Cuts all connections; new ones are forwarded. */
  cut(): void {
    this.#destroySockets();
  }

  /** Accepts connections and data but forwards nothing in these directions, until it is restored. */
  stall(...directions: readonly Direction[]): void {
    this.#droppedBytes = 0;
    for (const each of directions.length > 0 ? directions : BOTH) this.#stalled.add(each);
  }

  /** Everything takes so many milliseconds longer in each direction. */
  delay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  /** Whether data was dropped since the proxy was stalled. */
  get hasDroppedData(): boolean {
    return this.#droppedBytes > 0;
  }

  /** Forwards again without delay. Stalled connections end now, since they lack data. */
  restore(): void {
    const isIncomplete = this.#stalled.size > 0;
    this.#isDisconnected = false;
    this.#stalled.clear();
    this.#delayMs = 0;
    if (isIncomplete) this.#destroySockets();
  }

  async close(): Promise<void> {
    this.disconnect();
    this.server.close();
    await once(this.server, 'close');
  }

  #forward(from: Socket, to: Socket, direction: Direction): void {
    this.#sockets.add(from);
    from.on('error', () => undefined); // the other side is closed, too
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    const write = (chunk: Buffer): void => {
      if (!to.writable || to.write(chunk)) return;
      from.pause();
      to.once('drain', () => from.resume());
    };
    from.on('data', (chunk: Buffer) => {
      if (this.#stalled.has(direction)) this.#droppedBytes += chunk.length;
      else if (this.#delayMs > 0) setTimeout(write, this.#delayMs, chunk);
      else write(chunk);
    });
  }

  #destroySockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
