import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyAccount, accountFaults } from '../../shared/ledger/account.ts';
import { planMovements } from '../../shared/ledger/plan-movements.ts';
import { movesFrom } from '../../shared/kernel/transitions.ts';
import { readTableFile } from '../../shared/platform/table-file.ts';
import type { ShipmentLineState } from '../../shared/published/shipment-line.ts';
import type { SiteItem } from '../../shared/published/site.ts';
import { holderOf, isOwnAwardee, type SiteFound } from '../../functions/shipments/domain/holder.ts';
import { lineMachine } from '../../functions/shipments/domain/machines.ts';
import { countLine, placeInUnit, receiptMovements } from '../../functions/shipments/domain/receipt.ts';
import { lineIdOf, shipmentProfile } from '../../functions/shipments/file-profile.ts';

const count = (received: number, damaged = 0, short = 0, temperatureOk = true) => ({ received, damaged, short, temperatureOk });
const units: SiteItem['storageUnits'] = [
  { unitId: 'R1', kind: 'refrigerator', capacityDoses: 1 }, { unitId: 'F1', kind: 'freezer', capacityDoses: 1 }, { unitId: 'U1', kind: 'ultra-cold', capacityDoses: 1 },
];

describe('a receipt of 100 announced doses', () => {
  it.each([
    ['all came well', count(100), 'receive', [100, 0, 0, 0]],
    ['ten are missing', count(90, 0, 10), 'receive-short', [90, 0, 10, 0]],
    ['nothing came', count(0, 0, 100), 'lose', [0, 0, 100, 0]],
    ['five more came', count(105), 'receive-over', [105, 0, 0, 5]],
    ['five are broken', count(95, 5), 'receive-damaged', [95, 5, 0, 0]],
    ['five are broken and ten missing', count(85, 5, 10), 'receive-damaged', [85, 5, 10, 0]],
    ['it came warm', count(100, 0, 0, false), 'receive-warm', [0, 100, 0, 0]],
    ['it came warm, some broken, some more', count(100, 5, 0, false), 'receive-warm', [0, 105, 0, 5]],
    ['nothing came, and nobody could read a temperature', count(0, 0, 100, false), 'lose', [0, 0, 100, 0]],
  ])('where %s', (_, counted, move, [onHand, suspect, short, over]) => {
    expect(countLine(100, counted)).toEqual({ kind: 'counted', move, onHand, suspect, short, over });
  });

  it.each([
    ['fewer than announced, and nobody says they are missing', count(90), 90],
    ['more than announced and a shortage too', count(100, 0, 10), 110],
  ])('that counts %s does not add up', (_, counted, sum) => {
    expect(countLine(100, counted)).toEqual({ kind: 'does-not-add-up', counted: sum });
  });

  it('always leaves an account that balances, with nothing in transit and the counted doses where they were counted', () => {
    const ref = { siteId: 'sit_1', ndc: '59676-0580-05', lot: 'L1', funding: 'covid' } as const;
    const some = fc.integer({ min: 0, max: 60 });
    fc.assert(fc.property(some, some, some, fc.boolean(), fc.integer({ min: 1, max: 100 }), (received, damaged, short, temperatureOk, announced) => {
      const counted = countLine(announced, { received, damaged, short, temperatureOk });
      fc.pre(counted.kind === 'counted');
      const ship = { ref, movement: { kind: 'ship' as const, key: 's', doses: announced } };
      const movements = receiptMovements(announced, counted, { unit: 'R1', state: 'thawed' }, 'receipt:x');
      const planned = planMovements([emptyAccount(ref)], [ship, ...movements.map((movement) => ({ ref, movement }))]);
      if (planned.kind !== 'planned') throw new Error(JSON.stringify(planned));
      const [after] = planned.plan.after;
      if (after === undefined) throw new Error('no account');
      expect(accountFaults(after)).toEqual([]);
      expect(after.buckets).toMatchObject({ inTransit: 0, onHand: counted.onHand, quarantined: counted.suspect, short: counted.short, found: counted.over === 0 ? 0 : -counted.over });
    }));
  });
});

describe('a storage unit', () => {
  it.each([
    ['a refrigerator', 'R1', '59676-0580-05', { kind: 'placed', position: { unit: 'R1', state: 'thawed' } }],
    ['a freezer', 'F1', '80777-0273-10', { kind: 'placed', position: { unit: 'F1', state: 'frozen' } }],
    ['an ultra-cold freezer', 'U1', '59267-1025-01', { kind: 'placed', position: { unit: 'U1', state: 'frozen' } }],
    ['a freezer that gray-cap Pfizer must never see', 'F1', '59267-1025-01', { kind: 'forbidden', unitKind: 'freezer' }],
    ['no unit of the site', 'X9', '59676-0580-05', { kind: 'no-such-unit' }],
  ])('that is %s', (_, unit, ndc, placing) => {
    expect(placeInUnit(units, unit, ndc, '2021-11-01')).toEqual(placing);
  });
});

describe('a shipment line', () => {
  it.each<[ShipmentLineState, string[]]>([
    ['announced', ['depart', 'receive', 'receive-short', 'receive-over', 'receive-damaged', 'receive-warm', 'lose']],
    ['in-transit', ['receive', 'receive-short', 'receive-over', 'receive-damaged', 'receive-warm', 'lose']],
    ['quarantined', ['release', 'waste']],
    ['damaged', ['release', 'waste']],
    ['received', []], ['short', []], ['over', []], ['lost', []], ['released', []], ['wasted', []],
  ])('that is %s can go %j', (state, moves) => {
    expect(movesFrom(lineMachine, state)).toEqual(moves);
  });
});

describe('the holder of a line', () => {
  const site = (more: Partial<SiteItem>): SiteFound => ({ kind: 'site', site: { siteId: 'sit_1', supplyAccount: 'jurisdiction', reportingOnly: false, ...more } as SiteItem });
  const none: SiteFound = { kind: 'none', why: 'no-site-of-that-name' };
  it.each([
    ['the state’s doses at its own site', true, site({}), { kind: 'held', holderId: 'sit_1', siteId: 'sit_1', supply: 'jurisdiction' }],
    ['the state’s doses at an unknown name', true, none, { kind: 'unassigned', why: 'no-site-of-that-name' }],
    ['the state’s doses at a federally supplied site', true, site({ supplyAccount: 'federal' }), { kind: 'unassigned', why: 'site-not-supplied-by-the-jurisdiction' }],
    ['the state’s doses at a site that only reports', true, site({ reportingOnly: true }), { kind: 'unassigned', why: 'site-not-supplied-by-the-jurisdiction' }],
    ['federal doses at a federally supplied site', false, site({ supplyAccount: 'federal' }), { kind: 'held', holderId: 'sit_1', siteId: 'sit_1', supply: 'federal' }],
    ['federal doses at the state’s own site: never its account', false, site({}), { kind: 'held', holderId: 'federal-med-shoppe-leadernet', siteId: 'sit_1', supply: 'federal' }],
    ['federal doses at an unknown name', false, none, { kind: 'held', holderId: 'federal-med-shoppe-leadernet', supply: 'federal' }],
  ])('is right for %s', (_, isOwn, found, holder) => {
    expect(holderOf('Med Shoppe/LeaderNet', isOwn, found)).toEqual(holder);
  });
  it.each([['Connecticut', true], ['CONNECTICUT ', true], ['CTA', true], ['CVS', false], ['Connecticut Federal', false]])('takes awardee %s as our own: %s', (awardee, isOwn) => {
    expect(isOwnAwardee(awardee, { name: 'Connecticut', code: 'CTA' })).toBe(isOwn);
  });
});

describe('a row of a shipment file', () => {
  const good = {
    PROVIDER_NAME: 'ELM CLINIC', CITY_SHP: 'HARTFORD', STATE_SHP: 'CT', ZIPCODE_SHP: '06106', AWARDEE: 'Connecticut', NDC: '59676-0580-15', LOT_NUMBER: '042A-21a',
    LOT_EXPIRATION_DATE: '2069-12-31 00:00:00.000', ORDER_SHIPPED_DATE: '2021-03-31 00:00:00.000', DOSES_SHIPPED: '100.000', ORDER_NUMBER: '0508970444', ORDER_LINE_NUMBER: '10',
  };
  const read = (more: Partial<Record<keyof typeof good, string>> = {}) => {
    const row = { ...good, ...more };
    return readTableFile(`${Object.keys(row).join(',')}\n${Object.values(row).join(',')}`, shipmentProfile, { maxRows: 5 });
  };

  it('is read with its unit of use, whole doses, an unknown expiry and its business key', () => {
    const table = read();
    if (table.kind !== 'table' || table.good[0] === undefined) throw new Error('not read');
    const { value } = table.good[0];
    expect(value).toMatchObject({ product: { saleNdc: '59676-0580-15', ndc: '59676-0580-05' }, doses: 100, expiresOn: undefined, shippedOn: '2021-03-31', pin: undefined });
    expect(lineIdOf(value)).toBe('0508970444-000010-042A21A');
  });

  it.each<[Partial<Record<keyof typeof good, string>>, string]>([
    [{ NDC: '00006-4047-41' }, 'row 2, column NDC'],
    [{ NDC: '' }, 'row 2, column NDC'],
    [{ DOSES_SHIPPED: '0' }, 'row 2, column DOSES_SHIPPED'],
    [{ DOSES_SHIPPED: '100.5' }, 'row 2, column DOSES_SHIPPED'],
    [{ DOSES_SHIPPED: '-100' }, 'row 2, column DOSES_SHIPPED'],
    [{ LOT_NUMBER: '--' }, 'row 2, column LOT_NUMBER'],
    [{ ZIPCODE_SHP: '6106' }, 'row 2, column ZIPCODE_SHP'],
    [{ ORDER_SHIPPED_DATE: '2021-02-30' }, 'row 2, column ORDER_SHIPPED_DATE'],
    [{ ORDER_SHIPPED_DATE: '03/31/2021' }, 'row 2, column ORDER_SHIPPED_DATE'],
    [{ ORDER_NUMBER: '05-1' }, 'row 2, column ORDER_NUMBER'],
    [{ PROVIDER_NAME: '' }, 'row 2, column PROVIDER_NAME'],
    [{ AWARDEE: '//' }, 'row 2, column AWARDEE'],
  ])('with %j is refused and told where', (more, path) => {
    const table = read(more);
    expect(table).toMatchObject({ kind: 'table', good: [], bad: [{ row: 2, faults: [{ path }] }] });
  });
});
