import { Controller, Get, Req, Res, type Type } from '@nestjs/common';
import { findCsvColumns } from '../../read-models/declaration/query.js';
import type { PublishedReadModel } from '../../read-models/declaration/route.js';
import { Allow } from '../shared/access.guard.js';
import { PageResponder } from '../shared/page-responder.js';
import { ReadModelResponder } from './read-model-responder.js';
import { TIMEMAP_PREFIX } from '../shared/memento.js';
import {
  getRepresentation,
  type Representation,
  type RepresentationConfiguration,
} from '../../http/representation.js';
import type { Reply, Request } from '../../http/request.js';
import { CsvResponder } from './csv-responder.js';
import { TimemapResponder } from './timemap-responder.js';

/** A controller for the declared routes of a read model, each with its page and its timemap. */
export function createReadModelController(published: PublishedReadModel): Type {
  @Controller()
  class ReadModelController {
    constructor(
      readonly responder: ReadModelResponder,
      readonly timemapResponder: TimemapResponder,
      readonly csvResponder: CsvResponder,
      readonly pageResponder: PageResponder,
    ) {}
  }
  for (const route of published.routes) {
    const columns = findCsvColumns(published.model.queries[route.query]?.answer);
    const representations: readonly Representation[] = ['json', 'html', ...(columns ? ['csv' as const] : [])];
    addRoute(ReadModelController, route.path, { representations }, function (request, reply) {
      if (getRepresentation(request) === 'html')
        return this.pageResponder.respond(route.path, request, reply);
      return columns && getRepresentation(request) === 'csv'
        ? this.csvResponder.respond(published, route, columns, request, reply)
        : this.responder.respond(published, route, request, reply);
    });
    addRoute(
      ReadModelController,
      TIMEMAP_PREFIX + route.path,
      { representations: ['link-format'] },
      function (request, reply) {
        return this.timemapResponder.respond(published, route, request, reply);
      },
    );
  }
  Object.defineProperty(ReadModelController, 'name', { value: `${published.model.name}Controller` });
  return ReadModelController;
}

type ReadModelHandlers = {
  readonly responder: ReadModelResponder;
  readonly timemapResponder: TimemapResponder;
  readonly csvResponder: CsvResponder;
  readonly pageResponder: PageResponder;
};

function addRoute(
  controller: { readonly prototype: object },
  path: string,
  configuration: RepresentationConfiguration,
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
