import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { movesFrom } from '../../shared/kernel/transitions.ts';
import type { OrderLine, OrderLineState, ShipmentFact } from '../../shared/published/order-line.ts';
import { orderLineMachine, orderStateOf } from '../../functions/orders/domain/machine.ts';
import { linesOfAward, linesOnDemand } from '../../functions/orders/domain/order-lines.ts';
import { withFacts } from '../../functions/orders/domain/progress.ts';

const line = (state: OrderLineState, doses = 200): OrderLine => ({
  line: 1, ndc: '59676-0580-05', saleNdc: '59676-0580-15', cartons: 4, packs: 2, doses, state, supply: [], shipments: {},
});
const fact = (version: number, shipped: number, counted = 0, pending = false): ShipmentFact => ({ version, shipped, counted, pending });

describe('an order line', () => {
  it.each<[OrderLineState, string[]]>([
    ['placed', ['approve', 'return', 'cancel']],
    ['returned', ['approve', 'cancel']],
    ['approved', ['cancel', 'submit']],
    ['submitted', ['accept', 'backorder', 'reject', 'supplier-cancel', 'ship-part', 'ship', 'receive-part', 'receive', 'close']],
    ['shipped', ['receive-part', 'receive', 'close']],
    ['part-received', ['receive', 'close']],
    ['received', ['close']],
    ['rejected', []],
    ['cancelled', []],
    ['cancelled-by-supplier', []],
    ['closed', []],
  ])('that is %s can go %j', (state, moves) => {
    expect(movesFrom(orderLineMachine, state)).toEqual(moves);
  });

  it.each<[string, Record<string, ShipmentFact>, OrderLineState]>([
    ['nothing is heard of shipments', {}, 'submitted'],
    ['half is on its way', { a: fact(1, 100) }, 'part-shipped'],
    ['all is on its way in two lots', { a: fact(1, 100), b: fact(1, 100) }, 'shipped'],
    ['one of two lots was counted', { a: fact(2, 100, 100), b: fact(1, 100) }, 'part-received'],
    ['all was counted, and some waits for a decision', { a: fact(2, 200, 200, true) }, 'received'],
    ['all was counted and decided', { a: fact(3, 200, 200) }, 'closed'],
    ['more came than was ordered', { a: fact(2, 300, 300) }, 'closed'],
  ])('ends where it belongs when %s', (_, facts, state) => {
    expect(withFacts(line('submitted'), facts).state).toBe(state);
  });

  it.each<OrderLineState>(['placed', 'cancelled', 'rejected', 'cancelled-by-supplier'])('stays %s whatever is shipped, and still shows it', (state) => {
    const after = withFacts(line(state), { a: fact(1, 200) });
    expect([after.state, after.shipments]).toEqual([state, { a: fact(1, 200) }]);
  });

  it('ends the same however often and in whatever order its shipments are heard of', () => {
    const history = [
      { a: fact(1, 100) }, { a: fact(2, 100, 100, true) }, { a: fact(3, 100, 100) }, { b: fact(1, 60) }, { b: fact(2, 60, 60) }, { c: fact(1, 40) }, { c: fact(2, 40, 40) },
    ];
    const heard = fc.shuffledSubarray([...history, ...history, ...history], { minLength: 21 });
    fc.assert(fc.property(heard, (facts) => {
      const end = facts.reduce((now, one) => withFacts(now, one), line('accepted'));
      expect(end.shipments).toEqual({ a: fact(3, 100, 100), b: fact(2, 60, 60), c: fact(2, 40, 40) });
      expect(end.state).toBe('closed');
    }), { numRuns: 200 });
  });

  it('would end wrong if facts were added up instead of replaced', () => {
    const addUp = (now: Record<string, ShipmentFact>, id: string, { shipped, counted, pending, version }: ShipmentFact): Record<string, ShipmentFact> =>
      ({ ...now, [id]: { version, pending, shipped: shipped + (now[id]?.shipped ?? 0), counted: counted + (now[id]?.counted ?? 0) } });
    const twice = addUp(addUp({}, 'a', fact(1, 100)), 'a', fact(1, 100));
    expect(withFacts(line('accepted'), twice).state).toBe('shipped');
    expect(withFacts(withFacts(line('accepted'), { a: fact(1, 100) }), { a: fact(1, 100) }).state).toBe('part-shipped');
  });

  it.each<[OrderLineState[], OrderLineState]>([
    [['closed', 'submitted'], 'submitted'],
    [['closed', 'closed'], 'closed'],
    [['rejected', 'part-received'], 'part-received'],
  ])('gives its order, with lines %j, the state %s', (states, state) => {
    expect(orderStateOf(states.map((one) => line(one)))).toBe(state);
  });
});

describe('the lines of an award', () => {
  const award = (ndc: string, week: string, packDoses: number, doses: number, acceptedDoses?: number) =>
    linesOfAward({ ndc, week, packDoses, doses, ...(acceptedDoses === undefined ? {} : { acceptedDoses }) });

  it.each([
    ['Janssen, two cartons of 50 a pack', award('59676-0580-05', '2021-03-08', 100, 300), { saleNdc: '59676-0580-15', cartons: 6, packs: 3, doses: 300 }],
    ['Pfizer by the tray of 195 vials, counted as 5', award('59267-1000-01', '2021-02-08', 975, 1950), { saleNdc: '59267-1000-02', cartons: 2, packs: 2, doses: 1950 }],
    ['Pfizer by the tray, counted as 6', award('59267-1000-01', '2021-03-08', 1170, 1170), { saleNdc: '59267-1000-02', cartons: 1, packs: 1, doses: 1170 }],
    ['Pfizer by three small cartons', award('59267-1000-01', '2021-06-07', 450, 900), { saleNdc: '59267-1000-03', cartons: 6, packs: 2, doses: 900 }],
    ['a carton that goes on sale during the week', award('80777-0273-10', '2020-12-14', 100, 100), { saleNdc: '80777-0273-99', cartons: 1, packs: 1, doses: 100 }],
    ['what was taken of a larger offer', award('80777-0273-10', '2021-03-08', 100, 500, 200), { saleNdc: '80777-0273-99', cartons: 2, packs: 2, doses: 200 }],
  ])('are the cartons of %s', (_, outcome, wanted) => {
    expect(outcome).toMatchObject({ kind: 'lines', lines: [{ line: 1, state: 'placed', ...wanted }] });
  });

  it.each([
    ['no product', award('00000-0000-00', '2021-03-08', 100, 100)],
    ['a pack no carton divides', award('59676-0580-05', '2021-03-08', 70, 70)],
    ['a broken pack', award('59676-0580-05', '2021-03-08', 100, 300, 150)],
    ['nothing taken', award('59676-0580-05', '2021-03-08', 100, 300, 0)],
  ])('cannot be made of %s', (_, outcome) => {
    expect(outcome).toEqual({ kind: 'no-carton' });
  });
});

describe('an order on demand', () => {
  it('names cartons by their unit of sale and finds the unit of use, also where one product has two', () => {
    expect(linesOnDemand([{ saleNdc: '00006-4047-41', cartons: 2, doses: 20 }])).toMatchObject({ kind: 'lines', lines: [{ ndc: '00006-4047-01', saleNdc: '00006-4047-41', doses: 20 }] });
  });
  it('says which carton is unknown', () => {
    expect(linesOnDemand([{ saleNdc: '00006-4047-41', cartons: 1, doses: 10 }, { saleNdc: '12345-6789-01', cartons: 1, doses: 10 }])).toEqual({ kind: 'unknown', at: [1] });
  });
});
