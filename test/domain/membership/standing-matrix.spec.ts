// What is legal in each standing, as one table.
import type { AnyCommand, AnyEvent } from '../../../src/eventsourcing/message.js';
import {
  admit,
  applyProvisionally,
  changeCategory,
  deposit,
  end,
  endProvisional,
  given,
  giveNotice,
  grantVote,
  joined,
  leave,
  leftParticipation,
  noticeGiven,
  postponeNotice,
  rescindNotice,
  resume,
  sign,
  succeed,
  suspend,
  suspended,
  withdrawDeposit,
  withdrawSignature,
  withdrawVote,
} from '../../support/membership-fixtures.js';

/** The notice `n0` is given in each of them but the first. */
const STANDINGS: { readonly [standing: string]: readonly AnyEvent[] } = {
  outside: [],
  active: [joined('1992'), noticeGiven('1993', { notice: 'n0' })],
  suspended: [joined('1992'), noticeGiven('1993', { notice: 'n0' }), suspended('1994')],
  'not participating': [joined('1992'), noticeGiven('1993', { notice: 'n0' }), leftParticipation('1994')],
};

const n0 = { notice: 'n0' };
// prettier-ignore
const MATRIX: readonly (readonly [AnyCommand, ...(string | undefined)[]])[] = [
  // command                                    outside              active               suspended            not participating
  [admit('2000'),                               undefined,           'already-member',    'already-member',    'already-member'],
  [succeed('2000'),                             undefined,           'already-member',    'already-member',    'already-member'],
  [succeed('2000', { how: 'merger' }),          undefined,           undefined,           undefined,           undefined],
  [end('2000'),                                 'not-a-member',      undefined,           undefined,           undefined],
  [suspend('2000'),                             'not-a-member',      undefined,           'already-suspended', undefined],
  [leave('2000'),                               'not-a-member',      undefined,           undefined,           'already-not-participating'],
  [resume('2000'),                              'not-a-member',      'not-suspended',     undefined,           undefined],
  [changeCategory('2000'),                      'not-a-member',      undefined,           undefined,           undefined],
  [grantVote('2000'),                           'not-a-member',      undefined,           undefined,           undefined],
  [withdrawVote('2000'),                        'not-a-member',      undefined,           undefined,           undefined],
  [giveNotice('2000'),                          'not-a-member',      undefined,           undefined,           undefined],
  [postponeNotice('2000', { ...n0, takesEffect: '2001' }), 'unknown-reference', undefined, undefined,          undefined],
  [rescindNotice('2000', n0),                   'unknown-reference', undefined,           undefined,           undefined],
  [sign('2000'),                                undefined,           undefined,           undefined,           undefined],
  [withdrawSignature('2000'),                   undefined,           undefined,           undefined,           undefined],
  [deposit('2000'),                             undefined,           undefined,           undefined,           undefined],
  [withdrawDeposit('2000'),                     undefined,           undefined,           undefined,           undefined],
  [applyProvisionally('2000'),                  undefined,           undefined,           undefined,           undefined],
  [endProvisional('2000'),                      'not-provisional',   'not-provisional',   'not-provisional',   'not-provisional'],
];

const cases = MATRIX.flatMap(([command, ...codes]) =>
  Object.entries(STANDINGS).map(([standing, history], n) => ({ command, standing, history, code: codes[n] })),
);

describe('each command in each standing', () => {
  it.each(cases)('$command.name $command.data.how when $standing: $code', ({ command, history, code }) => {
    const decided = given(...history).when(command);
    if (code !== undefined) decided.thenRefused(code);
    else decided.then(expect.objectContaining({ data: command.data }) as never);
  });
});
