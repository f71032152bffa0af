// What the documentation of the HTTP interface has pages about, beside commands: read models, and the other tags of the
// OpenAPI document.
import { publishedReadModels } from '../../../projections/index.js';
import type { ApiDescription, DescribedOperation } from '../../api/shared/api-description.js';
import { toOpenApiPath } from '../../api/shared/openapi-parts.js';

export type TopicOperation = DescribedOperation & { readonly method: string; readonly path: string };
export type Topic = {
  /** The last segment of its address. */
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly isReadModel: boolean;
  readonly operations: readonly TopicOperation[];
};

/** The tags that are no read models. */
const OTHER_TAGS: ReadonlySet<string> = new Set(['Events', 'Audit', 'Proofs', 'Commands', 'Operations']);
/** Of an address that is answered in another format, such as `.csv`. */
const SUFFIX = /\.\w+$/;
/** The page of a command has its own operation. */
const COMMAND_PATH = /^\/commands\/[a-z]/;

/** `meeting-record` is "Meeting record". */
export const toTitle = (name: string): string =>
  (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('-', ' ');

export function listTopics({ paths, tags }: ApiDescription): readonly Topic[] {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): TopicOperation => ({ ...operation, method, path })),
  );
  const readModels = publishedReadModels.map(({ model: { name }, routes }): Topic => {
    const own = new Set(routes.map(({ path }) => toOpenApiPath(path)));
    return {
      name,
      title: toTitle(name),
      about: routes.map(({ about }) => about).join(' '),
      isReadModel: true,
      operations: operations.filter(({ path }) => own.has(path.replace(SUFFIX, ''))),
    };
  });
  const others = tags
    .filter(({ name }) => OTHER_TAGS.has(name))
    .map(({ name, description }): Topic => ({
      name: name.toLowerCase(),
      title: name,
      about: description,
      isReadModel: false,
      operations: operations.filter((each) => each.tags.includes(name) && !COMMAND_PATH.test(each.path)),
    }));
  return [...readModels, ...others];
}

/** Ids of the book of examples/csto, by the parameter of a path. */
const EXAMPLE_IDS: { readonly [parameter: string]: string } = {
  organization: 'csto',
  person: 'yerzhan-kazykhanov',
  meeting: 'csto-cfm-2011-05-31',
  source: 'mfa-by',
  stream: 'membership-csto:uzbekistan',
  name: 'admit-member',
};
const EXAMPLE_DAYS: { readonly [parameter: string]: string } = { on: '2011-05-31', from: '2011-06-01' };

/**
 * An address of the book of examples/csto that a GET answers to a program; undefined if it needs an id that only one book
 * has, or is a page.
 */
export function createExamplePath({
  method,
  path,
  parameters = [],
  responses,
}: TopicOperation): string | undefined {
  const filled = path.replaceAll(/\{(\w+)\}/g, (all, name: string) => EXAMPLE_IDS[name] ?? all);
  const isRequiredMissing = parameters.some((each) => each.in === 'query' && each.required === true);
  const isPage = Object.keys(responses['200']?.content ?? {}).join() === 'text/html';
  if (method !== 'get' || filled.includes('{') || isRequiredMissing || isPage) return undefined;
  const day = parameters.find((each) => each.in === 'query' && each.name in EXAMPLE_DAYS)?.name;
  const isOfReadModel = parameters.some(({ name }) => name === 'asOf');
  return day !== undefined && isOfReadModel ? `${filled}?${day}=${EXAMPLE_DAYS[day] ?? ''}` : filled;
}
