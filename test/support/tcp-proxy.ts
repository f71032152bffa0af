// A TCP proxy to a server that can be cut, or can silently drop all data as a firewall or a switched-off machine does.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const HOST = '127.0.0.1';

export class TcpProxy {
  readonly #sockets = new Set<Socket>();
  #isDisconnected = false;
  #isStalled = false;

  private constructor(
    private readonly server: Server,
    open: number,
  ) {
    server.on('connection', (near) => {
      const far = connect(open, HOST);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined); // the other side is closed, too
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
        if (this.#isStalled) socket.pause();
      }
      if (this.#isDisconnected) near.destroy();
    });
  }

  /** Forwards to a port of this machine. */
  static async to(port: number): Promise<TcpProxy> {
    const server = createServer();
    server.listen(0, HOST);
    await once(server, 'listening');
    return new TcpProxy(server, port);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Cuts all connections and refuses new ones, until it is restored. */
  disconnect(): void {
    this.#isDisconnected = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Accepts connections and data but forwards nothing, until it is restored. */
  stall(): void {
    this.#isStalled = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** Forwards again. Stalled connections end now, and their data is lost. */
  restore(): void {
    const hasHeldBack = this.#isStalled;
    this.#isDisconnected = this.#isStalled = false;
    if (hasHeldBack) for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.disconnect();
    this.server.close();
    await once(this.server, 'close');
  }
}
