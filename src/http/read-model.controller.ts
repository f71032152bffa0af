import { Controller, Get, Req, Res, type Type } from '@nestjs/common';
import type { Published, Route } from '../read-models/route.js';
import { Allow } from './access.js';
import { Answers } from './answers.js';
import type { Reply, Request } from './request.js';

/** A controller for the routes that a read model declares: one method each, all alike. */
export function readModelController(published: Published): Type {
  @Controller()
  @Allow('read')
  class ReadModelController {
    constructor(readonly answers: Answers) {}
  }
  for (const route of published.routes) addRoute(ReadModelController, published, route);
  Object.defineProperty(ReadModelController, 'name', { value: `${published.model.name}Controller` });
  return ReadModelController;
}

function addRoute(controller: { readonly prototype: object }, published: Published, route: Route): void {
  const name = `GET ${route.path}`;
  const descriptor = {
    value(this: { readonly answers: Answers }, request: Request, reply: Reply): Promise<void> {
      return this.answers.answer(published, route, request, reply);
    },
  };
  Object.defineProperty(controller.prototype, name, descriptor);
  Req()(controller.prototype, name, 0);
  Res()(controller.prototype, name, 1);
  Get(route.path)(controller.prototype, name, descriptor);
}
