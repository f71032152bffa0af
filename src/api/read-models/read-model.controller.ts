import { Controller, Get, Req, Res, type Type } from '@nestjs/common';
import type { PublishedReadModel } from '../../read-models/declaration/route.js';
import { Allow } from '../shared/access.guard.js';
import { ReadModelResponder } from './read-model-responder.js';
import { TIMEMAP_PREFIX } from '../shared/memento.js';
import { selectByAccept } from '../../http/representation.js';
import type { Reply, Request } from '../../http/request.js';
import { CSV_SUFFIX } from '../shared/table-formatter.js';
import { CsvResponder } from './csv-responder.js';
import { TimemapResponder } from './timemap-responder.js';

/** A controller for the declared routes of a read model, each with its timemap. */
export function createReadModelController(published: PublishedReadModel): Type {
  @Controller()
  class ReadModelController {
    constructor(
      readonly responder: ReadModelResponder,
      readonly timemapResponder: TimemapResponder,
      readonly tableResponder: CsvResponder,
    ) {}
  }
  for (const route of published.routes) {
    const { columns } = route;
    addRoute(ReadModelController, route.path, function (request, reply) {
      return columns && prefersTable(request)
        ? this.tableResponder.respond(published, route, columns, request, reply)
        : this.responder.respond(published, route, request, reply);
    });
    if (columns)
      addRoute(ReadModelController, route.path + CSV_SUFFIX, function (request, reply) {
        return this.tableResponder.respond(published, route, columns, request, reply);
      });
    addRoute(ReadModelController, TIMEMAP_PREFIX + route.path, function (request, reply) {
      return this.timemapResponder.respond(published, route, request, reply);
    });
  }
  Object.defineProperty(ReadModelController, 'name', { value: `${published.model.name}Controller` });
  return ReadModelController;
}

/** Most clients name no such type, and need no negotiation. */
const prefersTable = (request: Request): boolean =>
  /\btext\/(?:csv|\*)/i.test(request.headers.accept ?? '') && selectByAccept(request, ['csv']) === 'csv';

type ReadModelHandlers = {
  readonly responder: ReadModelResponder;
  readonly timemapResponder: TimemapResponder;
  readonly tableResponder: CsvResponder;
};

function addRoute(
  controller: { readonly prototype: object },
  path: string,
  value: (this: ReadModelHandlers, request: Request, reply: Reply) => Promise<void>,
): void {
  const name = `GET ${path}`;
  const descriptor = { value };
  Object.defineProperty(controller.prototype, name, descriptor);
  Req()(controller.prototype, name, 0);
  Res()(controller.prototype, name, 1);
  Get(path)(controller.prototype, name, descriptor);
  Allow('read')(controller.prototype, name, descriptor);
}
