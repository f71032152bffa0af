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

const Operation = ({
  operation,
  resolve,
}: {
  readonly operation: TopicOperation;
  readonly resolve: ResolveSchema;
}) => {
  const { baseUrl } = useSite();
  const { operationId, method, path, summary, parameters = [] } = operation;
  const example = createExamplePath(operation);
  const answer = findAnswerSchema(operation);
  const fields = answer ? listFields(answer, resolve) : [];
  return (
    <section aria-labelledby={operationId}>
      <h2 id={operationId}>
        <code>{`${method.toUpperCase()} ${path}`}</code>
      </h2>
      <p>{summary}</p>
      {example !== undefined && <pre>{`curl '${baseUrl}${example}'`}</pre>}
      {parameters.length > 0 && (
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
            {operations.map(({ operationId, method, path }) => (
              <li key={operationId}>
                <a href={`#${operationId}`}>
                  <code>{`${method.toUpperCase()} ${path}`}</code>
                </a>
              </li>
            ))}
          </ul>
        )}
        {children}
        {operations.map((operation) => (
          <Operation key={operation.operationId} operation={operation} resolve={resolve} />
        ))}
      </>
    ),
  });
