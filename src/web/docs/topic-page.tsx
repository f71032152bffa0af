import type { ComponentChildren } from 'preact';
import type { DescribedSchema } from '../../api/shared/api-description.js';
import type { Request } from '../../http/request.js';
import { renderPage } from '../layout.js';
import { useSite } from '../site.js';
import { FieldList, listFields, type Field, type ResolveSchema } from './fields.js';
import { createExamplePath, type Topic, type TopicOperation } from './topics.js';

const PARAMETER_PLACES: { readonly [place: string]: string } = {
  path: 'in the path',
  query: 'in the query',
  header: 'header',
};

const toParameterField = ({
  name,
  in: place,
  required = false,
  description = '',
  schema,
}: NonNullable<TopicOperation['parameters']>[number]): Field => ({
  path: name,
  kind: schema?.enum ? schema.enum.join(' | ') : (PARAMETER_PLACES[place] ?? place),
  isRequired: required,
  about: description,
});

/** The schema of the JSON that an operation answers with if it succeeds. */
const findAnswerSchema = ({ responses }: TopicOperation): DescribedSchema | undefined =>
  Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1].content?.['application/json']
    ?.schema;

const formatOperation = ({ method, path }: TopicOperation): string => `${method.toUpperCase()} ${path}`;

const Operation = ({
  operation,
  list,
  resolve,
}: {
  readonly operation: TopicOperation;
  /** Of a table: the operation that gives the same list as JSON. */
  readonly list?: TopicOperation | undefined;
  readonly resolve: ResolveSchema;
}) => {
  const { baseUrl } = useSite();
  const { operationId, summary, parameters = [] } = operation;
  const example = createExamplePath(operation);
  const answer = findAnswerSchema(operation);
  const fields = answer ? listFields(answer, resolve) : [];
  return (
    <section aria-labelledby={operationId}>
      <h2 id={operationId}>
        <code>{formatOperation(operation)}</code>
      </h2>
      <p>{summary}</p>
      {example !== undefined && <pre>{`curl '${baseUrl}${example}'`}</pre>}
      {list && (
        <p>
          The parameters are those of{' '}
          <a href={`#${list.operationId}`}>
            <code>{formatOperation(list)}</code>
          </a>
          , but <code>limit</code> and <code>cursor</code>.
        </p>
      )}
      {!list && parameters.length > 0 && (
        <>
          <h3 id={`${operationId}-parameters`}>Parameters</h3>
          <FieldList fields={parameters.map(toParameterField)} idPrefix={`${operationId}-parameter`} />
        </>
      )}
      {fields.length > 0 && (
        <>
          <h3 id={`${operationId}-answer`}>Answer</h3>
          <FieldList fields={fields} idPrefix={`${operationId}-field`} />
        </>
      )}
    </section>
  );
};

/** The page of a topic. `children` stand above its operations. */
export const renderTopic = (
  request: Request,
  { name, title, about, operations }: Topic,
  resolve: ResolveSchema,
  children?: ComponentChildren,
): string =>
  renderPage(request, {
    title,
    section: name === 'commands' ? '/docs/commands' : '/docs',
    children: (
      <>
        <h1>{title}</h1>
        <p>{about}</p>
        {operations.length > 1 && (
          <ul class="links">
            {operations.map((operation) => (
              <li key={operation.operationId}>
                <a href={`#${operation.operationId}`}>
                  <code>{formatOperation(operation)}</code>
                </a>
              </li>
            ))}
          </ul>
        )}
        {children}
        {operations.map((operation) => (
          <Operation
            key={operation.operationId}
            operation={operation}
            list={operations.find(({ path }) => operation.path === `${path}.csv`)}
            resolve={resolve}
          />
        ))}
      </>
    ),
  });
