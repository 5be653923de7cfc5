import { describe, expect, it } from '@jest/globals';
import { makeConflicts } from '../../local/front/conflicts.ts';
import type { DynamoRequest } from '../../local/iam/dynamodb-needs.ts';

const table = {
  logicalId: 'T',
  name: 'doses',
  arn: 'arn',
  keys: ['pk', 'sk'],
  indexKeys: {},
  ttlAttribute: undefined,
  stream: undefined,
};
const conflicts = () => makeConflicts(() => table);
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
const update = (pk: string): DynamoRequest => ({ TableName: 'doses', Key: key(pk) });
const transaction = (...pks: string[]): DynamoRequest => ({ TransactItems: pks.map((pk) => ({ Update: update(pk) })) });

describe('overlapping transactions', () => {
  it.each<[string, [string, DynamoRequest], [string, DynamoRequest], boolean[] | 'held']>([
    [
      'two transactions on one item',
      ['TransactWriteItems', transaction('A', 'B')],
      ['TransactWriteItems', transaction('C', 'A')],
      [false, true],
    ],
    ['a write into a transaction', ['TransactWriteItems', transaction('A')], ['UpdateItem', update('A')], [true]],
    [
      'a put into a transaction',
      ['TransactWriteItems', transaction('A')],
      ['PutItem', { TableName: 'doses', Item: { ...key('A'), n: { N: '1' } } }],
      [true],
    ],
    ['a transaction into a write', ['UpdateItem', update('A')], ['TransactWriteItems', transaction('A')], [true]],
    [
      'a transactional read of what is being written',
      ['TransactWriteItems', transaction('A')],
      ['TransactGetItems', { TransactItems: [{ Get: update('A') }] }],
      [true],
    ],
    [
      'transactions on different items',
      ['TransactWriteItems', transaction('A')],
      ['TransactWriteItems', transaction('B')],
      'held',
    ],
    ['two plain writes of one item', ['UpdateItem', update('A')], ['UpdateItem', update('A')], 'held'],
    ['a plain read of what is being written', ['TransactWriteItems', transaction('A')], ['GetItem', update('A')], 'held'],
  ])('%s', (_name, first, second, expected) => {
    const state = conflicts();
    state.begin(...first);
    const hold = state.begin(...second);
    expect(hold.kind === 'held' ? 'held' : hold.positions).toEqual(expected);
  });

  it('end with the call that holds the items', () => {
    const state = conflicts();
    const first = state.begin('TransactWriteItems', transaction('A'));
    expect(state.begin('TransactWriteItems', transaction('A')).kind).toBe('conflict');
    if (first.kind === 'held') first.release();
    expect(state.begin('TransactWriteItems', transaction('A')).kind).toBe('held');
  });

  it('leave nothing held when the second is refused', () => {
    const state = conflicts();
    const first = state.begin('TransactWriteItems', transaction('A'));
    state.begin('TransactWriteItems', transaction('A', 'B'));
    if (first.kind === 'held') first.release();
    expect(state.begin('TransactWriteItems', transaction('B')).kind).toBe('held');
  });
});
