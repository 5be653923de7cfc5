import { describe, expect, it } from '@jest/globals';
import { isLookedForAgain } from '../../functions/doses/domain/as-told.ts';
import { amongItsOwn } from '../../functions/doses/domain/derive-doses.ts';
import { withLink } from '../../functions/doses/domain/dose-facts.ts';
import { lotsAlike } from '../../functions/doses/domain/same-dose/lot-forms.ts';
import { judgeDoses } from '../../functions/doses/domain/same-dose/judge-doses.ts';
import { judgePair } from '../../functions/doses/domain/same-dose/judge-pair.ts';
import { pairFactsOf } from '../../functions/doses/domain/same-dose/pair-facts.ts';
import { scoreOf } from '../../functions/doses/domain/same-dose/score-pair.ts';
import { shortIntervals } from '../../functions/doses/domain/validity/short-intervals.ts';
import { validityOf } from '../../functions/doses/domain/validity/validity-of-dose.ts';
import { addDays } from '../../shared/kernel/dates.ts';
import { allCvx } from '../../shared/codes/cvx.ts';
import { vaccineGroupsOf } from '../../shared/codes/vaccine-groups.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { dayEntrySort } from '../../shared/published/dose-keys.ts';
import { doseIdFor, doseOf } from '../support/dose-items.ts';

const part = 'x'.repeat(26);
/** Told as history by another organization, without product and lot, as EHRs do. */
const told = (more: Partial<DoseItem> = {}): Partial<DoseItem> => ({
  sourceClass: 'historical', source: '01', organizationId: 'org_other', messageId: 'msg_told', siteId: undefined, ndc: undefined, lot: undefined, mvx: undefined, gsi2sk: dayEntrySort(undefined, '2021-03-13T17:00:00.000Z', part),
  receivedAt: '2021-03-13T17:00:00.000Z', ...more,
});
const given = (more: Partial<DoseItem> = {}): Partial<DoseItem> => ({ messageId: 'msg_given', ...more });
const elsewhere = (more: Partial<DoseItem> = {}): Partial<DoseItem> => given({ organizationId: 'org_other', siteId: 'sit_oak', messageId: 'msg_2', receivedAt: '2021-03-13T17:00:00.000Z', gsi2sk: dayEntrySort('sit_oak', '2021-03-13T17:00:00.000Z', part), ...more });
const flu = { cvx: '150', ndc: undefined, mvx: 'PMC', lot: 'U123AA' };

/** `outcome counts rule` of two reports of one person, the same from both sides. */
const judged = (a: Partial<DoseItem>, b: Partial<DoseItem>): string => {
  const [one, other] = [doseOf('ada', 1, a), doseOf('other', 1, b)];
  const both = [pairFactsOf(one, other), pairFactsOf(other, one)].map(judgePair).map((v) => (v.outcome === 'different' ? v.outcome : `${v.outcome} ${v.counts} ${v.rule}`));
  expect(both[0]).toBe(both[1]);
  return both[0] ?? '';
};

describe('A report beside those of another organization', () => {
  const alone = { kind: 'unresolved' as const, why: 'no-account' };
  const once = { outcome: 'same' as const, counts: 'once' as const, rule: 'told-twice', with: 'dos_x' };
  const [theirs, ours] = [{ witnessOf: 'dos_x', judged: { ...once, reasons: ['organization-other'] } }, { witnessOf: 'dos_x', judged: { ...once, reasons: ['organization-same'] } }];
  it.each<[string, Pick<DoseItem, 'witnessOf' | 'judged'>, object | undefined]>([
    ['keeps it as a further report of theirs', theirs, alone], ['loses it as one of our own', ours, undefined], ['loses it once it is counted', {}, undefined],
  ])('says what it would be alone: %s', (_, link, expected) => {
    expect(withLink(doseOf('ada', 1, { alone }), link).alone).toEqual(expected);
  });

  it.each<[string, Partial<DoseItem>, boolean]>([
    ['of theirs, stored before that was asked', theirs, true], ['of theirs that would wait', { ...theirs, alone }, true],
    ['of theirs that would not', { ...theirs, alone: { kind: 'matched' } }, false], ['of our own', ours, false],
  ])('is looked for when it is told again: %s', (_, more, expected) => {
    expect(isLookedForAgain(doseOf('ada', 1, { decrement: { kind: 'not-applicable', why: 'same-dose' }, ...more }))).toBe(expected);
  });

  it('is to those of its own organization what they say alone: once by a rule or a person\'s word, else beside', () => {
    const b = doseOf('bea', 1, elsewhere({ lot: undefined, receivedAt: '2021-03-12T16:00:00.000Z' }));
    const among = (second: Partial<DoseItem>): unknown => {
      const doses = [b, doseOf('ada', 1, given()), doseOf('ada', 2, given({ messageId: 'msg_3', receivedAt: '2021-03-12T18:00:00.000Z', ...second }))];
      return amongItsOwn(doses)(doses[2] ?? b);
    };
    const decided = [{ with: doseIdFor('ada', 1), outcome: 'same' as const, at: '2021-03-13T17:00:00.000Z', by: 'staff', reason: 'one vial' }];
    expect([among({}), among({ lot: 'EN6200' }), among({ lot: 'EN6200', decisions: decided }), among({ givenOn: '2021-05-01' })]).toEqual(['once', 'both', 'once', undefined]);
  });
});

describe('Two reports of one person', () => {
  it.each<[string, Partial<DoseItem>, Partial<DoseItem>, string]>([
    ['given and told the same day are one dose', given(), told(), 'same once told-and-given'],
    ['given and told the day after (the day of entry) are one dose', given(), told({ givenOn: '2021-03-13' }), 'same once told-and-given'],
    ['given as Pfizer and told as an unspecified COVID-19 vaccine are one dose', given(), told({ cvx: '213' }), 'same once told-and-given'],
    ['given, and told with the lot in other writing, are one dose', given(), told({ lot: 'ew-0150 (PFR)' }), 'same once told-and-given'],
    ['given with an NDC and told by CVX alone are one dose', given({ ndc: '59267-1000-01' }), told({ ndc: undefined }), 'same once told-and-given'],
    ['given and told three days apart are one dose by weight', given(), told({ givenOn: '2021-03-15' }), 'same once scored'],
    ['given and told four days apart without a lot are two doses of a COVID-19 vaccine', given(), told({ givenOn: '2021-03-16' }), 'different'],
    ['given and told a week apart with one lot are one dose by weight', given(), told({ givenOn: '2021-03-19', lot: 'EW0150' }), 'same once scored'],
    ['given and told seventeen days apart are two doses: the second may come then', given(), told({ givenOn: '2021-03-29', lot: 'EW0150' }), 'different'],
    ['given and told of another COVID-19 vaccine wait for a person', given(), told({ cvx: '207' }), 'unsure once scored'],
    ['told by two who did not give it are one dose', told(), told({ organizationId: 'org_third', messageId: 'msg_3' }), 'same once told-twice'],
    ['told by another registry and by an EHR are one dose', told({ sourceClass: 'other-registry', source: '05' }), told({ messageId: 'msg_3' }), 'same once told-twice'],
    ['given twice the same day by one organization, under another id, are one dose', given(), given({ messageId: 'msg_2' }), 'same once given-twice-by-one-sender'],
    ['given the same day with the same lot at two organizations wait for a person and count once', given(), elsewhere(), 'unsure once given-by-two-senders'],
    ['given the same day by two senders who name one id are one dose', given({ filler: { id: 'A1', authority: 'ELM' } }), elsewhere({ filler: { id: 'A1', authority: 'ELM' } }), 'same once same-id'],
    ['of one id on another day are two doses: senders reuse ids', given({ filler: { id: 'A1', authority: 'ELM' } }), elsewhere({ filler: { id: 'A1', authority: 'ELM' }, givenOn: '2021-04-02' }), 'different'],
    ['given the same day of another lot both stand and are looked at', given(), elsewhere({ lot: 'EN6200' }), 'unsure both two-on-one-day'],
    ['given the same day of another COVID-19 vaccine both stand and are looked at', given(), elsewhere({ cvx: '207', ndc: '80777-0273-10' }), 'unsure both two-on-one-day'],
    ['told twice in one message by who gave it are one dose, whatever their ids', given({ filler: { id: 'A1', authority: 'ELM' } }), given({ filler: { id: 'A2', authority: 'ELM' } }), 'same once repeated'],
    ['told twice in one message, once without lot, product and body site, are one dose', given(), given({ lot: undefined, ndc: undefined, bodySite: undefined }), 'same once repeated'],
    ['told twice in one message, once as an unspecified vaccine, are one dose', given(), given({ cvx: '213', ndc: undefined, lot: undefined }), 'same once repeated'],
    ['told in one message in either arm wait for a person and count once', given({ bodySite: 'LA' }), given({ bodySite: 'RA' }), 'unsure once perhaps-repeated'],
    ['told in one message as injected and as swallowed wait for a person and count once', given(), given({ route: 'C38288' }), 'unsure once perhaps-repeated'],
    ['told apart in one message by lot both stand', given(), given({ lot: 'EN6200' }), 'unsure both told-apart'],
    ['told apart in one message by place and way both stand', given({ bodySite: 'LA', route: 'C28161' }), given({ bodySite: 'RT', route: 'C38299' }), 'unsure both told-apart'],
    ['told apart in one message by vaccine both stand', given(), given({ cvx: '207', ndc: '80777-0273-10' }), 'unsure both told-apart'],
    ['told apart in one message by product, with no lot, both stand', given({ lot: undefined }), given({ lot: undefined, ndc: '59267-1000-02' }), 'unsure both told-apart'],
    ['told apart in one message by the number in the series both stand', given({ observations: [{ code: '30973-2', value: '1' }] }), given({ observations: [{ code: '30973-2', value: '2' }] }), 'unsure both told-apart'],
    ['told apart in one message by the day both stand', given(), given({ givenOn: '2021-03-13' }), 'unsure both told-apart'],
    ['given the same day, told by the EHR that names its organization and by its portal, are one dose', given({ responsible: 'ELM' }), given({ messageId: 'msg_2' }), 'same once given-twice-by-one-sender'],
    ['given the same day, told by two that one hub sends for, wait for a person', given({ responsible: 'ELM', siteId: undefined }), given({ responsible: 'OAK', siteId: undefined, messageId: 'msg_2' }), 'unsure once given-by-two-senders'],
    ['given the same day at one site, told under two names of its organization, are one dose', given({ responsible: 'ELM' }), given({ responsible: 'Elm Clinic', messageId: 'msg_2' }), 'same once given-twice-by-one-sender'],
    ['given and told with an O for a zero in the lot are one dose', given(), told({ lot: 'EWO150' }), 'same once told-and-given'],
    ['given the same day by one organization with an I for a one in the lot are one dose', given(), given({ lot: 'EW0I50', messageId: 'msg_2' }), 'same once given-twice-by-one-sender'],
    ['given two days apart of one lot both stand and are looked at', given(), elsewhere({ givenOn: '2021-03-14' }), 'unsure both scored'],
    ['given three weeks apart are two doses', given(), given({ givenOn: '2021-04-02', messageId: 'msg_2' }), 'different'],
    ['of different vaccines are two doses', given(), elsewhere(flu), 'different'],
    ['of influenza, told of five days later, are one dose by weight', given({ ...flu }), told({ cvx: '150', givenOn: '2021-03-17' }), 'same once scored'],
    ['of influenza, told of without a formulation three days later, wait for a person', given({ ...flu }), told({ cvx: '88', givenOn: '2021-03-15' }), 'unsure once scored'],
    ['of influenza, told of three weeks later, wait for a person', given({ ...flu }), told({ cvx: '150', givenOn: '2021-04-02' }), 'unsure once scored'],
    ['of influenza, told of two months later, are two doses', given({ ...flu }), told({ cvx: '150', givenOn: '2021-05-12' }), 'different'],
    ['of a combination and one of its parts, given and told the same day, wait for a person', given({ cvx: '110', ndc: undefined, lot: 'A1' }), told({ cvx: '08' }), 'unsure once scored'],
    ['of MMRV and of a part of it, given the same day, both stand', given({ cvx: '94', ndc: undefined, lot: 'A1' }), elsewhere({ cvx: '21', ndc: undefined, lot: 'B2' }), 'unsure both two-on-one-day'],
    ['of rabies three days apart are two doses, also with one lot', given({ cvx: '175', ndc: undefined }), told({ cvx: '175', givenOn: '2021-03-15', lot: 'EW0150' }), 'different'],
    ['of hepatitis B a week apart are two doses of a short series', given({ cvx: '43', ndc: undefined }), told({ cvx: '43', givenOn: '2021-03-19' }), 'different'],
  ])('%s', (_name, a, b, expected) => expect(judged(a, b)).toBe(expected));

  it('weigh as in NIST’s published cases: DTaP 14 days apart with other lots, at one clinic and at two', () => {
    const dtap = (more: Partial<DoseItem> = {}): Partial<DoseItem> => given({ cvx: '20', ndc: '49281-0286-01', lot: 'A1', ...more });
    const score = (b: Partial<DoseItem>): number => scoreOf(pairFactsOf(doseOf('ada', 1, dtap()), doseOf('other', 1, dtap({ givenOn: '2021-03-26', lot: 'B2', ...b }))));
    expect([score({}), score({ organizationId: 'org_other' })]).toEqual([0.364, 0.313]);
  });

  it('of any vaccine of CDC’s list, given and told the same day, are one dose', () => {
    for (const { code } of allCvx()) expect([code, judged(given({ cvx: code }), told({ cvx: code }))]).toEqual([code, 'same once told-and-given']);
  });
});

describe('A lot', () => {
  it.each([
    ['EW0150', 'ew-0150', 'same'], ['EW0150', ' EW 0150 ', 'same'], ['EW0150', 'EW0150 PFIZER', 'same'], ['EW0150', 'EW0150PFR', 'same'], ['039K20A', '039K20A (MOD) COVID', 'same'],
    ['EW0150', 'EWOI50', 'near'], ['1805018', 'I8O5OL8 JSN', 'near'], ['EW0150', 'EW0151', 'different'], ['EW0150', 'EW01501', 'different'], ['PFR', 'PFIZER', 'different'], ['EW0150', undefined, 'absent'], ['EW0150', '--', 'absent'],
  ] as const)('%s and %s: %s', (a, b, expected) => expect([lotsAlike(a, b), lotsAlike(b, a)]).toEqual([expected, expected]));
});

describe('The groups of a vaccine', () => {
  it('are CDC’s; a combination is in several and every vaccine in at least one', () => {
    expect(vaccineGroupsOf('110')).toEqual(['DTAP', 'HepB', 'POLIO']);
    expect(vaccineGroupsOf('208')).toEqual(['COVID-19']);
    expect(vaccineGroupsOf('3')).toEqual(['MMR']);
    expect(allCvx().filter(({ code }) => vaccineGroupsOf(code).length === 0)).toEqual([]);
    expect(allCvx().filter(({ code, covid }) => covid !== vaccineGroupsOf(code).includes('COVID-19'))).toEqual([]);
  });
});

/** Which dose each one is a witness of, whatever the order in which they are given. */
const linksOf = (...doses: DoseItem[]): Record<string, string> => {
  const names = new Map(doses.map((dose, at) => [`${dose.pk}|${dose.sk}`, String.fromCharCode(97 + at)]));
  const nameOf = (id: string): string => [...names].find(([, name]) => idOf(doses, name) === id)?.[1] ?? '?';
  const found = [doses, [...doses].reverse(), [...doses.slice(1), ...doses.slice(0, 1)]].map((order) => Object.fromEntries(
    [...judgeDoses(order)].map(([id, { witnessOf, judged: judgement }]) => [nameOf(id), witnessOf === undefined ? (judgement === undefined ? '-' : `beside ${nameOf(judgement.with)}`) : nameOf(witnessOf)]),
  ));
  expect(found[1]).toEqual(found[0]);
  expect(found[2]).toEqual(found[0]);
  return found[0] ?? {};
};
const idOf = (doses: readonly DoseItem[], name: string): string => {
  const dose = doses[name.charCodeAt(0) - 97];
  return dose === undefined ? '' : `dos_${dose.pk.slice('RECORD#rec_'.length)}_${dose.sk.slice('DOSE#'.length)}`;
};
const decision = (record: string, outcome: 'same' | 'different', at = '2021-03-20T00:00:00.000Z') => ({ with: doseIdFor(record, 1), outcome, at, by: 'epi', reason: 'asked the site' });

describe('The reports of a person', () => {
  it.each<[string, DoseItem[], Record<string, string>]>([
    ['that are one stand for themselves', [doseOf('ada', 1)], { a: '-' }],
    ['keep the given one, also when the told one came first', [doseOf('ada', 1, told({ receivedAt: '2021-03-12T00:00:00.000Z' })), doseOf('other', 1, given())], { a: 'b', b: '-' }],
    ['keep the given one, also when its facility is none of the sender’s and it came last', [doseOf('ada', 1, told({ receivedAt: '2021-03-12T00:00:00.000Z' })), doseOf('other', 1, given({ gsi2sk: dayEntrySort(undefined, 'x', part) }))], { a: 'b', b: '-' }],
    ['keep the earlier of two told ones', [doseOf('ada', 1, told({ receivedAt: '2021-03-14T00:00:00.000Z' })), doseOf('other', 1, told({ receivedAt: '2021-03-13T00:00:00.000Z' }))], { a: 'b', b: '-' }],
    ['keep the one of the site that gave it over another’s', [doseOf('ada', 1, elsewhere({ receivedAt: '2021-03-12T00:00:00.000Z', gsi2sk: dayEntrySort(undefined, 'x', part) })), doseOf('other', 1, given())], { a: 'b', b: '-' }],
    ['keep another registry’s over history: CDC has it from there', [doseOf('ada', 1, told()), doseOf('other', 1, told({ sourceClass: 'other-registry', receivedAt: '2021-03-14T00:00:00.000Z' }))], { a: 'b', b: '-' }],
    ['may be three of one dose', [doseOf('ada', 1, given()), doseOf('other', 1, told()), doseOf('third', 1, told({ cvx: '213', organizationId: 'org_third', messageId: 'm' }))], { a: '-', b: 'a', c: 'a' }],
    ['are compared with the kept one, never along a chain', [doseOf('ada', 1, given()), doseOf('other', 1, told({ givenOn: '2021-03-15' })), doseOf('third', 1, told({ givenOn: '2021-03-16', organizationId: 'org_third' }))], { a: '-', b: 'a', c: '-' }],
    ['that stand beside each other', [doseOf('ada', 1, given()), doseOf('other', 1, elsewhere({ lot: 'EN6200' }))], { a: '-', b: 'beside a' }],
    ['leave out what is deleted', [doseOf('ada', 1, { ...given(), state: 'deleted' }), doseOf('other', 1, told())], { b: '-' }],
    ['leave out what was refused', [doseOf('ada', 1, given()), doseOf('other', 1, told({ completion: 'RE' }))], { a: '-' }],
    ['are two when a person decided so', [doseOf('ada', 1, given()), doseOf('other', 1, told({ decisions: [decision('ada', 'different')] }))], { a: '-', b: '-' }],
    ['are one when a person decided so, however far apart', [doseOf('ada', 1, { ...given(), decisions: [decision('other', 'same')] }), doseOf('other', 1, told({ givenOn: '2021-05-01' }))], { a: '-', b: 'a' }],
    ['follow the latest decision', [doseOf('ada', 1, given()), doseOf('other', 1, told({ decisions: [decision('ada', 'different'), decision('ada', 'same', '2021-03-21T00:00:00.000Z')] }))], { a: '-', b: 'a' }],
  ])('%s', (_name, doses, expected) => expect(linksOf(...doses)).toEqual(expected));
});

/** `days between`, of one vaccine: whether the second came too early. */
const secondIsShort = (cvx: string, days: number, other = cvx): boolean => {
  const doses = [doseOf('ada', 1, { cvx, givenOn: '2021-01-01' }), doseOf('ada', 2, { cvx: other, givenOn: addDays('2021-01-01', days) })];
  return shortIntervals(doses).has(doseIdFor('ada', 2));
};

describe('A dose that came too early after the one before', () => {
  it.each([
    ['DTaP 23 days after DTaP', '20', 23, '20', true], ['DTaP 24 days after DTaP: four days of grace', '20', 24, '20', false], ['a combination with DTaP 20 days after DTaP', '20', 20, '110', true],
    ['MMR 20 days after MMRV', '94', 20, '03', true], ['varicella 20 days after MMR: another series', '03', 20, '21', false], ['hepatitis A after five months', '83', 150, '83', true],
    ['hepatitis A after six months', '83', 181, '83', false], ['hepatitis A and B after a week: its accelerated series', '104', 7, '104', false], ['influenza after a week: no rule', '141', 7, '141', false],
    ['Pfizer after 16 days', '208', 16, '208', true], ['Pfizer after 17 days', '208', 17, '208', false],
  ] as const)('%s', (_name, first, days, second, expected) => expect(secondIsShort(first, days, second)).toBe(expected));

  it('is judged after the last one that did not', () => {
    const doses = [0, 10, 25].map((days, at) => doseOf('ada', at + 1, { cvx: '20', givenOn: addDays('2021-01-01', days) }));
    expect([...shortIntervals(doses)]).toEqual([doseIdFor('ada', 2)]);
  });

  it.each([['20', '2021-01-30', true], ['20', '2021-02-08', false], ['03', '2021-12-20', true], ['03', '2021-12-28', false], ['08', '2021-01-01', false], ['141', '2021-01-10', false]] as const)(
    'or in life: %s of a child born on 2021-01-01, given on %s', (cvx, givenOn, expected) =>
      expect(validityOf(doseOf('ada', 1, { cvx, givenOn, ndc: undefined, expiry: undefined }), { born: '2021-01-01' }).includes('age-below')).toBe(expected));
});
