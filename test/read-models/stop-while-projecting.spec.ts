import { expect, it } from '@jest/globals';
import { FAILING_TITLE, bookPlaced } from './support/shelves.js';
import { SHELVES_WITH_HANGING_HANDLER_MODULE_URL } from './support/shelves-module-urls.js';
import { createTestLedger, startLiveReadModels, waitUntilLive } from './support/start-read-models.js';
import { waitUntil } from '../support/wait-until.js';

it('closes although a handler does not come back, and loses nothing of what was projected', async () => {
  const book = createTestLedger();
  book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
  const { models } = await startLiveReadModels(book, {
    declarations: SHELVES_WITH_HANGING_HANDLER_MODULE_URL,
  });
  models.notify(book.record('shelf-x', bookPlaced('x', '2', FAILING_TITLE)));
  await waitUntil(() => models.statuses().some(({ lag }) => lag > 0));
  await models.close(); // it would not end
  const again = await startLiveReadModels(book);
  await waitUntilLive(again.models, book);
  expect(again.models.statuses()).toMatchObject([{ generation: 1 }, { generation: 1 }]);
});
