import { EventStoreDBClient } from '@eventstore/db-client';

type Channel = { readonly close: () => void; readonly getTarget: () => string };
/** Private methods of the driver. */
type DriverInternals = {
  /** Runs after a failed call: it discovers another server if that may help. */
  handleError: (client: unknown, error: Error) => Promise<void>;
  createChannel: () => Promise<Channel>;
};

/** A client of the driver, whose channel can be closed: `dispose` of the driver leaves it open. */
export type ReplaceableClient = {
  readonly driver: EventStoreDBClient;
  /** The server that the client is connected to, or connects to, as host:port; undefined while none is known. */
  readonly getServer: () => string | undefined;
  /**
   * Runs an append. The connection stays open until it has ended: on a closed one the driver would leave an unhandled
   * rejection, which would end the process, and never settle the append.
   */
  readonly runAppend: <T>(append: () => Promise<T>) => Promise<T>;
  /**
   * Ends all reads and subscriptions, and closes the connection as soon as no append uses it. The driver ends such reads
   * without an error, as if the server had nothing more: see `isDisposed`.
   */
  readonly dispose: () => void;
  readonly isDisposed: () => boolean;
};

/**
 * The client for a connection string. Throws an error that says what is wrong with it.
 *
 * If a call fails while the driver (6.2.1) discovers a server because of another failed call, and discovery finds none,
 * the driver leaves an unhandled rejection, which would end the process. It is dropped here: the next call fails with
 * the same error.
 */
export function createClient(connection: string): ReplaceableClient {
  const driver = withoutWarnings(() => EventStoreDBClient.connectionString(connection));
  const internals = driver as unknown as DriverInternals;
  const { handleError, createChannel } = internals;
  let channel: Channel | undefined;
  let isDisposed = false;
  let pendingAppends = 0;
  const closeIfUnused = (): void => {
    if (isDisposed && pendingAppends === 0) channel?.close();
  };
  internals.handleError = (failed, error) => handleError(failed, error).catch(() => undefined);
  internals.createChannel = async () => {
    channel = undefined;
    channel = await createChannel();
    closeIfUnused();
    return channel;
  };
  return {
    driver,
    getServer: () => channel?.getTarget().replace(/^dns:/, ''),
    runAppend: async (append) => {
      pendingAppends += 1;
      try {
        return await append();
      } finally {
        pendingAppends -= 1;
        closeIfUnused();
      }
    },
    dispose: () => {
      isDisposed = true;
      void driver.dispose();
      closeIfUnused();
    },
    isDisposed: () => isDisposed,
  };
}

/**
 * The driver's constructor warns of a short keepAliveInterval on the console. Whatever it prints may quote the connection
 * string with its password; what is wrong with that was reported in a sentence before.
 */
function withoutWarnings<T>(create: () => T): T {
  const warn = console.warn.bind(console);
  console.warn = () => undefined;
  try {
    return create();
  } finally {
    console.warn = warn;
  }
}

/** Node warns of a TLS server name that is an IP address (RFC 6066, section 3), which the driver sends for such hosts. */
const SERVER_NAME_WARNING = 'DEP0123';
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = (warning: string | Error, ...rest: readonly unknown[]): void => {
  if (!rest.includes(SERVER_NAME_WARNING)) Reflect.apply(emitWarning, process, [warning, ...rest]);
};
