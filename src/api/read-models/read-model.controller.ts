import { Controller, Get, Req, Res, type Type } from '@nestjs/common';
import type { PublishedReadModel } from '../../read-models/declaration/route.js';
import { Allow } from '../shared/access.guard.js';
import { ReadModelResponder } from './read-model-responder.js';
import { TIMEMAP_PREFIX } from '../shared/memento.js';
import {
  getSuffix,
  selectByAccept,
  type Suffix,
  type SuffixConfiguration,
} from '../../http/representation.js';
import type { Reply, Request } from '../../http/request.js';
import { CsvResponder } from './csv-responder.js';
import { TimemapResponder } from './timemap-responder.js';

/** A controller for the declared routes of a read model, each with its timemap. */
export function createReadModelController(published: PublishedReadModel): Type {
  @Controller()
  class ReadModelController {
    constructor(
      readonly responder: ReadModelResponder,
      readonly timemapResponder: TimemapResponder,
      readonly csvResponder: CsvResponder,
    ) {}
  }
  for (const route of published.routes) {
    const { columns } = route;
    const suffixes: readonly Suffix[] = ['json', ...(columns ? (['csv'] as const) : [])];
    addRoute(ReadModelController, route.path, { suffixes }, function (request, reply) {
      return columns && prefersTable(request)
        ? this.csvResponder.respond(published, route, columns, request, reply)
        : this.responder.respond(published, route, request, reply);
    });
    addRoute(ReadModelController, TIMEMAP_PREFIX + route.path, {}, function (request, reply) {
      return this.timemapResponder.respond(published, route, request, reply);
    });
  }
  Object.defineProperty(ReadModelController, 'name', { value: `${published.model.name}Controller` });
  return ReadModelController;
}

/** The suffix decides; most clients without one name no such type, and need no negotiation. */
function prefersTable(request: Request): boolean {
  const suffix = getSuffix(request);
  if (suffix !== undefined) return suffix === 'csv';
  return (
    /\btext\/(?:csv|\*)/i.test(request.headers.accept ?? '') && selectByAccept(request, ['csv']) === 'csv'
  );
}

type ReadModelHandlers = {
  readonly responder: ReadModelResponder;
  readonly timemapResponder: TimemapResponder;
  readonly csvResponder: CsvResponder;
};

function addRoute(
  controller: { readonly prototype: object },
  path: string,
  configuration: SuffixConfiguration,
  value: (this: ReadModelHandlers, request: Request, reply: Reply) => Promise<void>,
): void {
  const name = `GET ${path}`;
  const descriptor = { value };
  Object.defineProperty(controller.prototype, name, descriptor);
  Req()(controller.prototype, name, 0);
  Res()(controller.prototype, name, 1);
  Get(path)(controller.prototype, name, descriptor);
  Allow('read', configuration)(controller.prototype, name, descriptor);
}
