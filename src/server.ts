import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { hash } from 'node:crypto';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import 'reflect-metadata';
import { AppModule } from './app.module.js';
import { Book } from './book.js';
import type { Configuration } from './configuration.js';
import { Keys } from './http/keys.js';

/** What one command, or one group, may weigh, in bytes. */
const BODY_MAX = 512 * 1024;

export type Server = {
  readonly app: NestFastifyApplication;
  readonly book: Book;
  readonly keys: Keys;
  readonly url: string;
};

/**
 * Opens the book and listens. Rejects with ConfigurationError, DataDirectoryUnusable, LedgerUnusable or the error of
 * the socket. `onLost` is called when the process must end at once.
 */
export async function startServer(
  configuration: Configuration,
  onLost: (sentence: string) => void,
): Promise<Server> {
  const logger = new Logger('minutebook');
  const book = await Book.open({
    dataDirectory: configuration.dataDirectory,
    onLost,
    warn: (sentence) => logger.warn(sentence),
  });
  const keys = new Keys(book.directory.keys);
  try {
    if (keys.ensureAdmin(book.directory.adminKey))
      console.log(`Made the first admin key; it is in ${book.directory.adminKey}.`);
    const app = await createApp(configuration, book, keys);
    await app.listen(configuration.port, configuration.host);
    return { app, book, keys, url: await app.getUrl() };
  } catch (error) {
    await book.close();
    keys.close();
    throw error;
  }
}

async function createApp(
  configuration: Configuration,
  book: Book,
  keys: Keys,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_MAX,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of(configuration, book, keys),
    adapter,
    {
      logger: new ConsoleLogger({ logLevels: configuration.frameworkLevels, colors: process.stdout.isTTY }),
      bodyParser: false,
      abortOnError: false,
    },
  );
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  fastify.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  });
  if (configuration.rateLimit > 0)
    await app.register(rateLimit, {
      max: configuration.rateLimit,
      timeWindow: '1 minute',
      keyGenerator: ({ headers, ip }) =>
        headers.authorization === undefined ? ip : hash('sha256', headers.authorization, 'base64'),
    });
  app.enableShutdownHooks();
  return app;
}
