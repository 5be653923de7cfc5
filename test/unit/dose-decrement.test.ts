import { describe, expect, it } from '@jest/globals';
import { chooseAccount } from '../../functions/doses/domain/choose-account.ts';
import { decrementReasons, waitsForStock, whyNoMore, withoutStock, type DoseAtHand, type GivenAt } from '../../functions/doses/domain/decrement.ts';
import { atHandAgain } from '../../functions/doses/domain/dose-facts.ts';
import { sourceClassOf } from '../../functions/doses/domain/source-class.ts';
import type { FundingSource } from '../../shared/codes/funding-sources.ts';
import { notReportedWhy, sourceClassRules } from '../../shared/published/source-class.ts';
import { emptyAccount, type Account } from '../../shared/ledger/account.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { doseOf as storedDose } from '../support/dose-items.ts';

const clinic = { siteId: 'sit_a', programmes: ['covid-19', 'cvp'] as ('covid-19' | 'cvp')[], supplyAccount: 'jurisdiction' as const, reportingOnly: false };
const at = (more: Partial<GivenAt> = {}): GivenAt => ({ facility: 'named', site: clinic, isSendersOwn: true, ...more });
const dose = (more: Partial<DoseAtHand> = {}): DoseAtHand => ({ completion: 'CP', sourceClass: 'own', looksHistorical: false, cvx: '212', ndc: '59676-0580-05', lot: 'L1', ...more });
const site = (more: object): GivenAt['site'] => ({ ...clinic, ...more });

describe('a dose touches no stock', () => {
  it.each<[string, Partial<DoseAtHand>, Partial<GivenAt>, string, string]>([
    ['when it was refused', { completion: 'RE' }, {}, 'not-applicable', 'refused'],
    ['when nothing was given (HL7-54)', { completion: 'NA' }, {}, 'not-applicable', 'not-given'],
    ['when another registry told of it', { sourceClass: 'other-registry' }, {}, 'not-applicable', 'other-registry'],
    ['when it is history', { sourceClass: 'historical' }, {}, 'not-applicable', 'historical'],
    ['when no facility was named', {}, { facility: 'missing', site: undefined, isSendersOwn: false }, 'not-applicable', 'no-facility'],
    ['when the facility is not enrolled', {}, { facility: 'unknown', site: undefined, isSendersOwn: false }, 'not-applicable', 'not-our-facility'],
    ['when the site is another sender\'s', {}, { isSendersOwn: false }, 'not-applicable', 'foreign-site'],
    ['when a federal programme supplies the site', { sourceClass: 'federal-partner' }, { site: site({ supplyAccount: 'federal' }) }, 'not-applicable', 'federal-account'],
    ['when the site only reports', {}, { site: site({ reportingOnly: true }) }, 'not-applicable', 'no-stock-kept'],
    ['when the sender says it was bought privately', { funding: 'PHC70', cvx: '03', ndc: undefined }, {}, 'not-applicable', 'private-stock'],
    ['when COVID-19 vaccine is called private and no lot told', { funding: 'PHC70', lot: undefined }, {}, 'not-applicable', 'private-stock'],
    ['when the site is not in the vaccine\'s programme', { cvx: '03', ndc: undefined }, { site: site({ programmes: ['covid-19'] }) }, 'not-applicable', 'not-in-programme'],
    ['when no product has the code', { cvx: '213', ndc: undefined }, {}, 'not-applicable', 'product-unknown'],
    ['until a person has looked, when it looks historical (HL7-52)', { looksHistorical: true }, {}, 'unresolved', 'looks-historical'],
  ])('%s', (_, told, where, kind, why) => {
    expect(withoutStock(dose(told), at(where))).toEqual({ kind, why });
  });

  it('but a partial dose used a vial and a complete one too', () => {
    expect([withoutStock(dose({ completion: 'PA' }), at()), withoutStock(dose(), at())]).toEqual([undefined, undefined]);
  });
});

describe('a dose without stock', () => {
  it.each([
    ['unresolved', 'no-account', true],
    ['unresolved', 'quarantined', true],
    ['unresolved', 'looks-historical', false],
    ['not-applicable', 'historical', false],
    ['matched', undefined, false],
  ] as const)('that is %s, %s: whether it waits for its stock is %s', (kind, why, expected) => {
    expect(waitsForStock({ kind, ...(why !== undefined && { why }) })).toBe(expected);
  });
});

describe('a stored dose without lot and amount', () => {
  it.each<[string, Partial<DoseItem>, boolean]>([
    ['looks historical as its reader took it, though the product has a maker', { looksHistorical: true }, true],
    ['does not as its reader took it, though no maker that we know was told', { looksHistorical: false, mvx: undefined }, false],
    ['stored before that was kept does without a maker', { mvx: undefined }, true],
    ['stored before that was kept does not with one', {}, false],
    ['stored before that was kept does not when it has a lot', { mvx: undefined, lot: 'L1' }, false],
    ['stored before that was kept does not when it has an amount', { mvx: undefined, amount: 0.3 }, false],
    ['that is history does not', { mvx: undefined, sourceClass: 'historical' }, false],
  ])('%s', (_, more, expected) => {
    expect(atHandAgain(storedDose('bare', 1, { lot: undefined, ...more })).looksHistorical).toBe(expected);
  });
});

describe('the words of a reason', () => {
  it('say no more than is known: of a lot that is not named the product was looked for, of one on its way some may have been counted', () => {
    expect([decrementReasons['lot-not-named'], decrementReasons['lot-on-its-way']]).toEqual([
      'it names no lot, and the site has none of the product on hand', 'doses of the lot are on their way to the site and not counted yet',
    ]);
  });
});

describe('an account that yields no more', () => {
  it.each([
    [{ quarantined: 1, onItsWay: 1 }, 'lot-in-quarantine'], [{ quarantined: 0, onItsWay: 1 }, 'lot-on-its-way'], [{ quarantined: 0, onItsWay: 0 }, 'beyond-overfill'], [undefined, 'beyond-overfill'],
  ] as const)('of which is known %j: %s', (lot, why) => {
    expect(whyNoMore(lot)).toBe(why);
  });
});

const account = (lot: string, funding: FundingSource = 'covid', more: { ndc?: string; onHand?: number } = {}): Account => {
  const empty = emptyAccount({ siteId: 'sit_a', ndc: more.ndc ?? '59676-0580-05', lot, funding });
  return { ...empty, buckets: { ...empty.buckets, onHand: more.onHand ?? 10 } };
};
const mmr = { cvx: '03', ndc: '00006-4681-01' };

describe('the account of a given dose', () => {
  it.each<[string, Partial<DoseAtHand>, Account[], object]>([
    ['is matched by product, lot and funding source', {}, [account('L1'), account('L2')], { kind: 'matched', account: { ref: { lot: 'L1' } } }],
    ['is matched whatever case, blanks and hyphens the lot has', { lot: 'l-1 ' }, [account('L1')], { kind: 'matched' }],
    ['is the one of the vaccine when no product code was sent', { ndc: undefined }, [account('L1')], { kind: 'resolved', why: 'only-product' }],
    ['is the only lot on hand when none was sent', { lot: undefined }, [account('L1'), account('OLD', 'covid', { onHand: 0 })], { kind: 'resolved', why: 'only-lot' }],
    ['is not looked for among lots that are used up when none was sent, and that none was is said', { lot: undefined }, [account('L1', 'covid', { onHand: 0 })], { kind: 'unresolved', why: 'lot-not-named' }],
    ['is not looked for under another code of the vaccine when no lot was sent', { ndc: '59676-0580-99', lot: undefined }, [account('L1')], { kind: 'unresolved', why: 'lot-not-named' }],
    ['is never chosen between two lots', { lot: undefined }, [account('L1'), account('L2')], { kind: 'unresolved', why: 'lot-missing' }],
    ['is not there when an O was typed for a zero, and the lot that was meant is named', { lot: '1O-05' }, [account('1005')], { kind: 'unresolved', why: 'no-account', nearLot: '1005' }],
    ['names no lot when two look alike', { lot: '1O05' }, [account('1005'), account('I005')], { kind: 'unresolved', why: 'no-account' }],
    ['is not there when the lot never came', { lot: 'L9' }, [account('L1')], { kind: 'unresolved', why: 'no-account' }],
    ['is not there when the lot is of another vaccine, and the product that it is is named', { cvx: '207', ndc: '80777-0273-10' }, [account('L1')], { kind: 'unresolved', why: 'lot-of-other-product', lotIsOf: '59676-0580-05' }],
    ['is found under another code of the same vaccine', { ndc: '59676-0580-99' }, [account('L1')], { kind: 'resolved', why: 'same-vaccine' }],
    ['may be one of a funding source that is not clear but single', { ...mmr }, [account('L1', 'vfc', { ndc: mmr.ndc })], { kind: 'resolved', why: 'only-funding' }],
    ['is never chosen between two funding sources', { ...mmr }, [account('L1', 'vfc', { ndc: mmr.ndc }), account('L1', 'public', { ndc: mmr.ndc })], { kind: 'unresolved', why: 'funding-ambiguous' }],
    ['is the one of the funding source that was told', { ...mmr, eligibility: 'V02' }, [account('L1', 'vfc', { ndc: mmr.ndc }), account('L1', 'public', { ndc: mmr.ndc })], { kind: 'matched', account: { ref: { funding: 'vfc' } } }],
    ['is never one of another funding source than was told', { ...mmr, funding: 'VXC51' }, [account('L1', 'public', { ndc: mmr.ndc })], { kind: 'unresolved', why: 'funding-differs' }],
    ['is the one of the federal programme for COVID-19 vaccine that is called private, when it holds the lot', { funding: 'PHC70' }, [account('L1')], { kind: 'resolved', why: 'covid-not-private' }],
    ['is the private one when there is one', { funding: 'PHC70' }, [account('L1'), account('L1', 'private')], { kind: 'matched', account: { ref: { funding: 'private' } } }],
    ['is never chosen between two products', { ndc: undefined }, [account('L1'), account('L1', 'covid', { ndc: '59676-0580-15' })], { kind: 'unresolved', why: 'product-ambiguous' }],
  ])('%s', (_, told, accounts, expected) => {
    expect(chooseAccount(dose(told), at(), accounts)).toMatchObject(expected);
  });

  it('says that the site itself was inferred before it says anything else', () => {
    expect(chooseAccount(dose({ ndc: undefined }), at({ facility: 'inferred' }), [account('L1')])).toMatchObject({ kind: 'resolved', why: 'only-site' });
  });
});

describe('what CDC gets from us', () => {
  it.each([
    ['00', false, 'own', true],
    [undefined, false, 'own', true],
    ['00', true, 'federal-partner', false],
    ['01', false, 'historical', true],
    ['07', true, 'historical', true],
    ['05', false, 'other-registry', false],
  ])('a dose of source %s (federal site: %s) is of class %s, reportable: %s', (source, isFederal, sourceClass, reportable) => {
    expect(sourceClassOf(source, isFederal)).toBe(sourceClass);
    expect(notReportedWhy({ cvx: '212', completion: 'CP', sourceClass: sourceClassOf(source, isFederal) }) === undefined).toBe(reportable);
  });

  it.each([['213', 'RE', true], ['213', 'NA', false], ['03', 'CP', false]] as const)('CVX %s with completion %s: %s', (cvx, completion, reportable) => {
    expect(notReportedWhy({ cvx, completion, sourceClass: 'own' }) === undefined).toBe(reportable);
  });

  it('is decided by one table for stock and for CDC: what moves stock is sent, and a source class decides before the site does', () => {
    const elsewhere = at({ site: undefined, facility: 'unknown', isSendersOwn: false });
    for (const [sourceClass, { stock, cdc }] of Object.entries(sourceClassRules) as [DoseAtHand['sourceClass'], { stock: string; cdc: string }][]) {
      expect(withoutStock(dose({ sourceClass }), stock === 'yes' ? at() : elsewhere)?.why ?? 'yes').toBe(stock);
      expect(notReportedWhy({ cvx: '212', completion: 'CP', sourceClass }) ?? 'yes').toBe(cdc);
    }
  });
});
