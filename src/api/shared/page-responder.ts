import type { Reply, Request } from '../../http/request.js';

/** Answers with the pages of resources, for people: web makes them. */
export abstract class PageResponder {
  /**
   * Sends the page of the route with this path, such as `/organizations/:organization`. Rejects with ProblemError if the
   * route has no page, or as the route itself does.
   */
  abstract respond(path: string, request: Request, reply: Reply): Promise<void>;
}
