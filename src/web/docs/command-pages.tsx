import type { RegisteredCommand } from '../../commands/command-validation.js';
import { aggregates } from '../../domain/aggregates.js';
import { findInnerId } from '../../eventsourcing/inner-ids.js';
import { createCommandSchema } from '../../commands/command-schema.js';
import type { Request } from '../../http/request.js';
import { problems } from '../../problems/problems.js';
import { PageLink, renderPage } from '../layout.js';
import { useSite } from '../site.js';
import { FieldList, listFields } from './fields.js';
import { toTitle } from './topics.js';

/** Refusals that every command can meet, beside those of its rules. */
const COMMON_REFUSALS = [
  'missing-field',
  'unknown-field',
  'invalid-value',
  'invalid-date',
  'invalid-id',
  'unknown-reference',
  'id-taken',
  'wrong-revision',
  'idempotency-key-reused',
  'unknown-key',
  'forbidden',
] as const;

/** Amendments of a stream are refused if its history without the amended event, or with the other one, breaks a rule. */
const AMENDMENT_REFUSALS = [
  'illegal-correction',
  ...aggregates.flatMap(({ refusals }) => Object.keys(refusals)),
];

const listOwnRefusals = ({ aggregate, event }: RegisteredCommand): readonly string[] => [
  ...(aggregate && findInnerId(aggregate, event) ? ['missing-key'] : []),
  ...new Set(aggregate ? Object.keys(aggregate.refusals) : AMENDMENT_REFUSALS),
];

const Example = ({ command: { name, example } }: { readonly command: RegisteredCommand }) => {
  const { baseUrl } = useSite();
  return (
    <pre>{`KEY=$(cat demo-data/admin.key)
curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
  --data-binary @- '${baseUrl}/commands/${name}?check=true' <<'END'
${JSON.stringify(example, undefined, 2)}
END`}</pre>
  );
};

const Refusals = ({ codes }: { readonly codes: readonly string[] }) => (
  <ul class="links columns">
    {codes.map((code) => (
      <li key={code}>
        <PageLink to={`/problems/${code}`}>{problems[code]?.title ?? code}</PageLink>
      </li>
    ))}
  </ul>
);

const CommandPage = ({ command }: { readonly command: RegisteredCommand }) => {
  const { name, about, event, aggregate, exampleFollows } = command;
  const own = listOwnRefusals(command);
  return (
    <>
      <h1>
        <code>{name}</code>
      </h1>
      <p>{about}</p>
      <p class="note">
        Records <code>{event}</code> in{' '}
        {aggregate ? `a stream of the category ${aggregate.category}` : 'the stream of the fact'}. Its JSON
        Schema is <PageLink to={`/commands/${name}`}>{`/commands/${name}`}</PageLink>.
      </p>
      <h2 id="example">Example</h2>
      <p>
        The book of <code>npm run demo</code> accepts it
        {exampleFollows !== undefined && (
          <>
            {' '}
            after the example of <PageLink to={`/docs/${exampleFollows}`}>{exampleFollows}</PageLink>
          </>
        )}
        . With <code>check=true</code> nothing is recorded.
      </p>
      <Example command={command} />
      <h2 id="fields">Fields</h2>
      <FieldList fields={listFields(createCommandSchema(command), (schema) => schema)} idPrefix="field" />
      <h2 id="refusals">Refusals</h2>
      {own.length > 0 && (
        <>
          <h3 id="rules">By rules about what is recorded</h3>
          <Refusals codes={own} />
        </>
      )}
      <h3 id="any">Of any command</h3>
      <Refusals codes={COMMON_REFUSALS.filter((code) => !own.includes(code))} />
      <p>
        <PageLink to="/docs/commands">How commands are sent and answered</PageLink>
      </p>
    </>
  );
};

export const renderCommand = (request: Request, command: RegisteredCommand): string =>
  renderPage(request, {
    title: command.name,
    section: '/docs/commands',
    children: <CommandPage command={command} />,
  });

/** Every command, by the category of its streams. */
export const CommandIndex = ({ commands }: { readonly commands: readonly RegisteredCommand[] }) => {
  const categories = [...new Set(commands.map(({ aggregate }) => aggregate?.category))];
  return (
    <>
      {categories.map((category) => (
        <section key={category} aria-labelledby={`category-${category ?? 'any'}`}>
          <h2 id={`category-${category ?? 'any'}`}>
            {category === undefined
              ? 'Corrections, retractions, disputes and corroborations'
              : toTitle(category)}
          </h2>
          <dl>
            {commands
              .filter(({ aggregate }) => aggregate?.category === category)
              .map(({ name, about }) => [
                <dt key={name}>
                  <PageLink to={`/docs/${name}`}>{name}</PageLink>
                </dt>,
                <dd key={`${name} about`}>{about}</dd>,
              ])}
          </dl>
        </section>
      ))}
    </>
  );
};
