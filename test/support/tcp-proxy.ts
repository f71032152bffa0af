// A wire to a server that can be cut, or hold everything back without a word, as a firewall or a switched-off machine does.
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
        socket.on('error', () => undefined); // the other side closes, too
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

  /** Leads to a port of this machine. */
  static async to(port: number): Promise<TcpProxy> {
    const server = createServer();
    server.listen(0, HOST);
    await once(server, 'listening');
    return new TcpProxy(server, port);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends what goes over it, and refuses what comes, until it is mended. */
  disconnect(): void {
    this.#isDisconnected = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Takes what is sent, but passes nothing on, until it is mended. Connections are made as before. */
  stall(): void {
    this.#isStalled = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** What was held back is lost with its connections, which end now. */
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
