import { encodeCursor } from '../../api/shared/query-parameters.js';
import { setCursor } from '../../api/shared/permalinks.js';
import type { Page } from '../../read-models/declaration/paginate.js';
import { formatPinnedAddress, usePageState } from '../page-state.js';
import { useSite } from '../site.js';

/** The link to what follows in a list, if something does. */
export const NextPage = ({ list: { next } }: { readonly list: Pick<Page<object>, 'next'> }) => {
  const { toPublicPath } = useSite();
  const state = usePageState();
  if (next === null || !state) return null;
  const cursor = encodeCursor({ entry: state.entry, after: next });
  return (
    <p>
      <a rel="next" href={toPublicPath(setCursor(formatPinnedAddress(state), cursor))}>
        More
      </a>
    </p>
  );
};

type Facet = { readonly value: string; readonly label: string; readonly count?: number };

/** Links that narrow a list by one parameter; the value that is set is marked and can be dropped. */
export const Facets = ({
  name,
  parameter,
  facets,
}: {
  readonly name: string;
  readonly parameter: string;
  readonly facets: readonly Facet[];
}) => {
  const { toPublicPath } = useSite();
  const state = usePageState();
  if (!state || facets.length === 0) return null;
  const others = state.parameters.filter(([other]) => other !== parameter && other !== 'cursor');
  const current = state.parameters.find(([other]) => other === parameter)?.[1];
  const format = (value: string | undefined): string => {
    const pinned = state.isPinned ? [['asOf', String(state.entry)] as const] : [];
    const chosen = value === undefined ? [] : [[parameter, value] as const];
    const query = new URLSearchParams([...others, ...chosen, ...pinned].map(([a, b]) => [a, b])).toString();
    return toPublicPath(query === '' ? state.path : `${state.path}?${query}`);
  };
  return (
    <nav aria-label={name} class="facets">
      <span>{name}:</span>
      <ul>
        {current !== undefined && (
          <li>
            <a href={format(undefined)}>all</a>
          </li>
        )}
        {facets.map(({ value, label, count }) => (
          <li key={value}>
            <a href={format(value)} aria-current={value === current ? 'true' : undefined}>
              {label}
            </a>
            {count !== undefined && ` ${count}`}
          </li>
        ))}
      </ul>
    </nav>
  );
};

/** What a list shows that has nothing. */
export const Empty = ({ what }: { readonly what: string }) => <p class="note">{what}</p>;
