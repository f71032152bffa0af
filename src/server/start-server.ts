import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { UnavailableError } from '../ledger/sequencer.js';
import { printOperatorMessage } from '../node/operator-message.js';
import { type Configuration, ConfigurationError } from '../node/configuration.js';
import { type OpenedNode, openNode } from '../node/open-node.js';
import { createApp } from './create-app.js';

const logger = new Logger('minutebook');

/** An application that does not listen yet: `app.inject` gets its answers. */
export type OpenedApplication = { readonly app: NestFastifyApplication; readonly node: OpenedNode };
export type RunningServer = OpenedApplication & { readonly url: string };

/**
 * Opens the node and listens. Rejects with ConfigurationError, DataDirectoryError, LedgerUnusableError or
 * CheckpointConflictError and a sentence. `onFatal` is called when the process must end at once.
 */
export async function startServer(
  configuration: Configuration,
  onFatal: (sentence: string) => void,
): Promise<RunningServer> {
  const opened = await openApplication(configuration, onFatal);
  try {
    await ensureFirstKey(opened.node, configuration);
    // Not app.listen, which would log a failure before it can be reported in a sentence.
    const { port, host } = configuration;
    const listening = opened.app.getHttpAdapter().getInstance().listen({ port, host });
    const url = await listening.catch((error: unknown) => {
      throw toListenError(configuration, error);
    });
    return { ...opened, url };
  } catch (error) {
    await opened.app.close();
    throw error;
  }
}

/** Opens the node and its application, without listening. Rejects as startServer. */
export async function openApplication(
  configuration: Configuration,
  onFatal: (sentence: string) => void,
): Promise<OpenedApplication> {
  const node = await openNode({
    dataDirectory: configuration.dataDirectory,
    cluster: configuration.cluster,
    keysTrustMs: configuration.keysTrustMs,
    oidc: configuration.oidc,
    checkpointKeyFile: configuration.checkpointKeyFile,
    checkpointKey: configuration.checkpointKey,
    checkpointName: configuration.checkpointName,
    continuesBehindHead: configuration.continuesBehindHead,
    onFatal,
    warn: (sentence) => logger.warn(sentence),
  });
  try {
    const app = await createApp(configuration, node);
    await app.init();
    return { app, node };
  } catch (error) {
    await node.close();
    throw error;
  }
}

/** A node that is cut off from its cluster creates no key, and authenticates by the keys that it knew before. */
async function ensureFirstKey(
  { directory: { adminKeyFile }, apiKeys }: OpenedNode,
  { logFormat }: Configuration,
): Promise<void> {
  try {
    await apiKeys.refresh();
    if (await apiKeys.ensureAdminKey(adminKeyFile))
      printOperatorMessage(`Made the first admin key; it is in ${adminKeyFile}.`, logFormat);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    logger.warn(`Recent changes of the API keys are not known to this node: ${error.message}`);
  }
}

/** The error that names the setting which has to change; any other error unchanged. */
function toListenError({ host, port }: Configuration, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new ConfigurationError(`PORT ${port} is in use on ${host}: choose another one.`);
    case 'EACCES':
      return new ConfigurationError(`PORT ${port} may not be used by this user: choose one above 1023.`);
    case 'EADDRNOTAVAIL':
    case 'EAI_AGAIN':
    case 'EINVAL':
    case 'ENOTFOUND':
      return new ConfigurationError(`HOST "${host}" is not an address of this machine.`);
    default:
      return error;
  }
}
