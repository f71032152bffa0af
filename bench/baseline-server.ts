// The reference of HTTP rows: the framework with an empty handler, and with one point read.
import Database from 'better-sqlite3';
import { Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import 'reflect-metadata';

const db = new Database(process.env['REFERENCE_FILE'], { readonly: true });
const read = db.prepare<[number], string>('SELECT body FROM bodies WHERE id = ?').pluck();

@Controller()
class ReferenceController {
  @Post()
  @HttpCode(201)
  nothing(): string {
    return '{}';
  }

  @Get(['statements', 'organizations/:organization/members'])
  read(): string | undefined {
    return read.get(1);
  }
}

@Module({ controllers: [ReferenceController] })
class ReferenceModule {}

const adapter = new FastifyAdapter();
const app = await NestFactory.create<NestFastifyApplication>(ReferenceModule, adapter, {
  logger: false,
  bodyParser: false,
});
const fastify = adapter.getInstance();
fastify.removeAllContentTypeParsers();
fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
);
await app.listen(0, '127.0.0.1');
console.log(await app.getUrl());
