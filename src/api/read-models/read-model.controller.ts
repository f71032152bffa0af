import { Controller, Get, Req, Res, type Type } from '@nestjs/common';
import type { Published } from '../../read-models/declaration/route.js';
import { Allow } from '../shared/access.guard.js';
import { Answers } from './read-model-responder.js';
import { TIMEMAP } from '../shared/memento.js';
import type { Reply, Request } from '../../http/request.js';
import { Timemaps } from './timemap-responder.js';

/** A controller for the routes that a read model declares: each with its timemap, all alike. */
export function readModelController(published: Published): Type {
  @Controller()
  @Allow('read')
  class ReadModelController {
    constructor(
      readonly answers: Answers,
      readonly timemaps: Timemaps,
    ) {}
  }
  for (const route of published.routes) {
    addRoute(ReadModelController, route.path, function (request, reply) {
      return this.answers.answer(published, route, request, reply);
    });
    addRoute(ReadModelController, TIMEMAP + route.path, function (request, reply) {
      return this.timemaps.answer(published, route, request, reply);
    });
  }
  Object.defineProperty(ReadModelController, 'name', { value: `${published.model.name}Controller` });
  return ReadModelController;
}

type Answering = { readonly answers: Answers; readonly timemaps: Timemaps };

function addRoute(
  controller: { readonly prototype: object },
  path: string,
  value: (this: Answering, request: Request, reply: Reply) => Promise<void>,
): void {
  const name = `GET ${path}`;
  const descriptor = { value };
  Object.defineProperty(controller.prototype, name, descriptor);
  Req()(controller.prototype, name, 0);
  Res()(controller.prototype, name, 1);
  Get(path)(controller.prototype, name, descriptor);
}
