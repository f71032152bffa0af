import { FAILING_TITLE, placings, shelves } from './shelves.js';

export { entryUpcaster } from './shelves.js';
/** A handler that does not come back, as one did that normalized a long text. */
export const readModels = [
  {
    ...shelves,
    handlers: [
      {
        isStandalone: () => false,
        when: {
          BookPlaced: ({ data }: { readonly data: object }) => {
            const isEndless = 'title' in data && data.title === FAILING_TITLE;
            while (isEndless);
          },
        },
      },
    ],
  },
  placings,
];
