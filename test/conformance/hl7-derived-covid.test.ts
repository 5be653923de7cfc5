import { describe, expect, it } from '@jest/globals';
import { chooseAccount } from '../../functions/doses/domain/choose-account.ts';
import { withoutStock, type GivenAt } from '../../functions/doses/domain/decrement.ts';
import { factsOfDose, newDose } from '../../functions/doses/domain/dose-facts.ts';
import { doseKeysFor } from '../../functions/doses/domain/record-ids.ts';
import { validityOf } from '../../functions/doses/domain/validity/validity-of-dose.ts';
import { readVxu } from '../../functions/doses/domain/vxu-read.ts';
import { whichDose } from '../../functions/doses/domain/which-dose.ts';
import { atHand } from '../../functions/doses/record-dose.ts';
import { cvxOf } from '../../shared/codes/cvx.ts';
import { vaccineCodes } from '../../shared/codes/vaccines.ts';
import { emptyAccount } from '../../shared/ledger/account.ts';
import { crosswalkRows, derive, derivedTier, expectedOf, lotOf, variants, type CrosswalkRow, type Variant } from '../support/derived-covid.ts';

const rows = crosswalkRows();
const at: GivenAt = { facility: 'named', isSendersOwn: true, site: { siteId: 'sit_elm', programmes: ['covid-19'], supplyAccount: 'jurisdiction', reportingOnly: false } };
const key = 'a key that only tests have';
const telling = { organizationId: 'org_elm', responsible: '', messageId: 'msg_1', receivedAt: '2026-01-05T15:00:00.000Z', receivedOn: '2026-01-05', actor: 'elm-ehr' };
const account = (row: CrosswalkRow) => {
  const empty = emptyAccount({ siteId: 'sit_elm', ndc: row.useNdc, lot: lotOf(row), funding: 'covid' });
  return { ...empty, buckets: { ...empty.buckets, onHand: 10 } };
};

/** What the registry makes of a derived message before anything is stored. */
const made = (row: CrosswalkRow, variant: Variant) => {
  const message = derive(row, variant);
  const report = readVxu(message.text, { codes: vaccineCodes, receivedAt: telling.receivedAt, timeZone: 'America/New_York' });
  const [dose] = report.orders;
  if (dose === undefined || report.patient === undefined) throw new Error(`${row.saleNdc} ${variant}: ${report.faults.map(({ text }) => text).join('; ')}`);
  const facts = factsOfDose(dose, at, telling, key);
  const hand = atHand(dose, facts.sourceClass);
  const untouched = withoutStock(hand, at);
  const choice = untouched === undefined ? chooseAccount(hand, at, [account(row)]) : undefined;
  const item = newDose(doseKeysFor('rec_1', dose, key).usual, facts, at, telling);
  const isGiven = dose.completion === 'CP';
  return {
    message, dose, item,
    answer: report.answer,
    rules: [...new Set(report.faults.filter(({ severity }) => severity !== 'I').map(({ rule }) => rule))],
    stock: untouched?.why ?? (choice === undefined || choice.kind === 'matched' ? 'matched' : choice.why),
    validity: isGiven ? validityOf(item, { born: report.patient.birthDate, isRecalled: false }) : [],
  };
};

describe('DERIVED COVID-19 messages, every product code of CDC’s crosswalk', () => {
  it('are of all rows and say what they are derived from', () => {
    expect(rows).toHaveLength(55);
    const { tier, base, row, variant } = derive(rows[0] ?? (undefined as never), 'as told');
    expect([tier, base, variant, row.cvx]).toEqual([derivedTier, 'nist-iz-tool/VXU-0052.hl7', 'as told', rows[0]?.cvx]);
  });

  it.each(variants)('%s: answer, warnings, stock and validity are as expected', (variant) => {
    const { answer, rules, stock, validity } = expectedOf[variant];
    const found = rows.map((row) => {
      const got = made(row, variant);
      return [row.saleNdc, got.answer, got.rules, got.stock, got.validity];
    });
    expect(found).toEqual(rows.map((row) => [row.saleNdc, answer, rules, stock, validity]));
  });

  it.each(variants.filter((variant) => variant !== 'unspecified'))('%s: the vaccine and its unit of use are those of the row', (variant) => {
    for (const row of rows) {
      const { dose } = made(row, variant);
      expect([row.saleNdc, dose.cvx, cvxOf(dose.cvx)?.covid]).toEqual([row.saleNdc, row.cvx, true]);
      if (dose.ndc !== undefined) expect(dose.useNdc).toBe(row.useNdc);
    }
  });

  it('an update and a deletion of an earlier id mean the dose that stands', () => {
    for (const row of rows) {
      const { item } = made(row, 'as told');
      for (const variant of ['update', 'deletion'] as const) {
        const { dose } = made(row, variant);
        expect(doseKeysFor('rec_1', dose, key).usual).toEqual({ pk: item.pk, sk: item.sk });
        expect(whichDose(dose, { usual: item, other: undefined, repeatsId: false, lookAlikes: [] })).toEqual({ kind: 'change', head: item });
      }
    }
  });
});
