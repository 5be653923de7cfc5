import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { sharedPath } from '../support/shared.ts';
import { allProducts, beyondUseOf, minimumAgeOn, orderUnitsOn, overfillLimit, packDosesOn, packsOn, productOf, storageOn,
  vialDosesOn, type Product }
  from '../../shared/codes/products.ts';

const product = (ndc: string): Product => {
  const found = productOf(ndc);
  if (found === undefined) throw new Error(`No product ${ndc}`);
  return found;
};
const PURPLE = '59267-1000-01';

describe('COVID-19 products', () => {
  it('are the 42 units of use of the crosswalk', () => {
    expect(allProducts()).toHaveLength(42);
    expect(allProducts().flatMap(({ packs }) => packs)).toHaveLength(55);
    expect(new Set(allProducts().map(({ id }) => id)).size).toBe(42);
  });
  it.each([
    [PURPLE, '2021-01-31', 5, 6], [PURPLE, '2021-02-21', 5, 6], [PURPLE, '2021-02-22', 6, 6],
    ['80777-0273-10', '2021-02-01', 10, 10],
    ['80777-0273-15', '2021-06-01', 14, 15], ['59676-0580-05', '2021-03-05', 5, 5],
  ])('%s on %s counts %i doses a vial and yields %i', (ndc, day, accounting, label) => {
    expect(vialDosesOn(product(ndc), day)).toMatchObject({ accounting, label });
  });
  it('count a tray of Pfizer as 975 doses and, from the week of 22 February 2021, as 1,170', () => {
    const tray = packsOn(product(PURPLE), '2021-01-04').find(({ vials }) => vials === 195);
    expect(tray && packDosesOn(product(PURPLE), tray, '2021-02-15')).toBe(975);
    expect(tray && packDosesOn(product(PURPLE), tray, '2021-02-22')).toBe(1170);
    expect(overfillLimit(product(PURPLE), 195, '2021-01-04')).toBe(195);
    expect(overfillLimit(product(PURPLE), 195, '2021-03-04')).toBe(0);
  });
  it.each([
    ['2021-01-04', [975]], ['2021-02-22', [1170]], ['2021-05-31', [450, 1170]],
  ])('can be ordered in the week of %s as %j of Pfizer', (week, sizes) => {
    expect(orderUnitsOn(product(PURPLE), week).map(({ doses }) => doses).sort((a, b) => a - b)).toEqual(sizes);
  });
  it('have order units that explain every federal Pfizer allocation to Connecticut', () => {
    const file = readFileSync(sharedPath('data/cdc_saz5-9hgg_allocations_by_jurisdiction_pfizer.csv'));
    const weeks: Record<string, string>[] = parse(file, { columns: true });
    const ct = weeks.filter((row) => row['Jurisdiction'] === 'Connecticut');
    expect(ct).toHaveLength(28);
    for (const row of ct) {
      const [month, dayOfMonth, year] = (row['Week of Allocations'] ?? '').split('/');
      const doses = Number((row['1st Dose Allocations'] ?? '').replaceAll(',', ''));
      const sizes = orderUnitsOn(product(PURPLE), `${year}-${month}-${dayOfMonth}`).map((unit) => unit.doses);
      const mixes = sizes.some((size) => Array.from({ length: Math.floor(doses / size) + 1 }, (_, n) => doses - n * size)
        .some((rest) => sizes.some((other) => rest % other === 0)));
      expect([row['Week of Allocations'], mixes]).toEqual([row['Week of Allocations'], true]);
    }
  });
  it('of one maker have opposite freezer rules', () => {
    const freezer = (ndc: string) => storageOn(product(ndc), '2021-12-01').find(({ name }) => name === 'freezer');
    expect(freezer(PURPLE)).not.toHaveProperty('forbidden');
    expect(freezer('59267-1025-01')).toMatchObject({ forbidden: true });
    expect(storageOn(product(PURPLE), '2021-01-01').some(({ name }) => name === 'freezer')).toBe(false);
  });
  it('are found by carton too, and hold their beyond-use and age rules', () => {
    expect(productOf('59676-0580-15')?.id).toBe('janssen');
    expect(beyondUseOf(product(PURPLE), 'dilution')?.withinHours).toBe(6);
    expect(minimumAgeOn(product(PURPLE), '2021-04-01')?.years).toBe(16);
    expect(minimumAgeOn(product(PURPLE), '2021-05-13')?.years).toBe(12);
    expect(productOf('49281-0640-15')).toBeUndefined();
  });
  it('say one dose of a syringe from its packaging, and nothing where nothing is known', () => {
    expect(vialDosesOn(product('80777-0102-01'), '2023-10-01')).toMatchObject({ accounting: 1, basis: 'verified' });
    expect(vialDosesOn(product('49281-0618-78'), '2022-05-01')).toBeUndefined();
  });
});
