import { describe, expect, it } from '@jest/globals';
import { withoutStock, type GivenAt } from '../../functions/doses/domain/decrement.ts';
import { factsOfDose, newDose } from '../../functions/doses/domain/dose-facts.ts';
import { doseKeysFor } from '../../functions/doses/domain/record-ids.ts';
import { judgeDoses } from '../../functions/doses/domain/same-dose/judge-doses.ts';
import { isGiven } from '../../functions/doses/domain/same-dose/pair-facts.ts';
import { readVxu } from '../../functions/doses/domain/vxu/read.ts';
import { atHand } from '../../functions/doses/change-dose.ts';
import { allCvx, NO_VACCINE_CVX } from '../../shared/codes/cvx.ts';
import { allNdcUses } from '../../shared/codes/ndc.ts';
import { vaccineCodes } from '../../shared/codes/vaccines.ts';
import { doseItem } from '../../shared/published/dose.ts';

const at: GivenAt = { facility: 'named', isSendersOwn: true, site: { siteId: 'sit_elm', programmes: ['covid-19', 'cvp'], supplyAccount: 'jurisdiction', reportingOnly: false } };
const telling = { organizationId: 'org_elm', responsible: '', messageId: 'msg_1', receivedAt: '2021-03-08T15:00:00.000Z', receivedOn: '2021-03-08', actor: 'elm-ehr' };
const key = 'a key that only tests have';
const told = (cvx: string) => {
  const text = [
    'MSH|^~\\&|EHR|ELM|DOSELINE|CTA|20210308100000-0500||VXU^V04^VXU_V04|C1|P|2.5.1|||ER|AL|||||Z22^CDCPHINVS|ELM',
    'PID|1||P1^^^ELM^MR||Okafor^Ada^^^^^L||19560312|F', `ORC|RE||F${cvx}^ELM`,
    `RXA|0|1|20210308||${cvx}^^CVX|0.5|mL^^UCUM||00^^NIP001|77^NURSE^ANN|^^^Elm Street Clinic||||L1|20210625|PFR^^MVX|||CP|A`, 'RXR|C28161^^NCIT|LA^^HL70163',
    'OBX|1|CE|64994-7^^LN|1|V02^^HL70064||||||F|||20210308|||VXC40^^CDCPHINVS', '',
  ].join('\r');
  return readVxu(text, { codes: vaccineCodes, receivedAt: telling.receivedAt, timeZone: 'America/New_York' });
};

describe('Any vaccine of CDC’s list', () => {
  it.each(allCvx().filter(({ code }) => code !== NO_VACCINE_CVX).map(({ code, name }) => [code, name]))('%s (%s) is a record that counts, and its stock is looked for when a product has the code', (code) => {
    const { accepted, orders: [dose], faults } = told(code);
    if (dose === undefined) throw new Error(faults.map(({ text }) => text).join('; '));
    expect([accepted, dose.cvx, faults.filter(({ severity }) => severity === 'E')]).toEqual([true, code, []]);
    const facts = factsOfDose(dose, at, telling, key);
    const item = newDose(doseKeysFor('rec_1', dose, '', key).usual, facts, at, telling);
    expect([doseItem.safeParse(item).success, isGiven(item), judgeDoses([item]).size]).toEqual([true, true, 1]);
    const hasProduct = allNdcUses().some(({ cvx }) => cvx === code);
    expect(withoutStock(atHand(dose, facts.sourceClass), at)?.why).toBe(hasProduct ? undefined : 'product-unknown');
  });

  it('keeps the words of a refusal, and text and day of an observation (HL7-55)', () => {
    const [dose] = told('08').orders;
    if (dose === undefined) throw new Error('lost');
    const facts = factsOfDose({
      ...dose, completion: 'RE', kind: 'refused', refusal: { code: '02', text: 'waits for spring' },
      observations: [{ code: '31044-1', value: 'VXC12', valueText: 'fever', observedOn: '2021-03-08', understood: true }],
    }, at, telling, key);
    expect(facts).toMatchObject({ refusal: '02', refusalText: 'waits for spring', observations: [{ code: '31044-1', value: 'VXC12', text: 'fever', on: '2021-03-08' }] });
  });

  it('that says that none was given is no dose', () => expect(told(NO_VACCINE_CVX).orders[0]?.completion).toBe('NA'));
});
