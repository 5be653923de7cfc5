import { describe, expect, it } from '@jest/globals';
import { eventOf } from '../../functions/reports/domain/event-of-dose.ts';
import { coveragePersonOf, historyOf } from '../../functions/reports/domain/person-history.ts';
import { isReportedToCdc } from '../../functions/reports/domain/reportable.ts';
import { sourceClasses, type DoseItem } from '../../shared/published/dose.ts';
import { withLink } from '../../functions/doses/domain/dose-facts.ts';
import { doseIdFor, doseOf, personOf, recordOf } from '../support/dose-items.ts';

const completions = ['CP', 'PA', 'RE', 'NA'] as const;

describe('What CDC gets', () => {
  it.each<[string, Partial<DoseItem>, string]>([
    ['a dose given here', {}, 'reportable'],
    ['a dose told as history', { sourceClass: 'historical' }, 'reportable'],
    ['a refusal', { completion: 'RE' }, 'reportable'],
    ['a corrected dose', { state: 'corrected' }, 'reportable'],
    ['a dose of another vaccine', { cvx: '140' }, 'not-covid'],
    ['a vaccine nobody knows', { cvx: '99999' }, 'not-covid'],
    ['a deleted dose', { state: 'deleted' }, 'deleted'],
    ['a dose that was not given', { completion: 'NA' }, 'not-given'],
    ['a dose of a federal partner', { sourceClass: 'federal-partner' }, 'federal-partner-reports'],
    ['a further report of a dose', { witnessOf: doseIdFor('other', 1) }, 'told-twice'],
    ['a dose dated before its vaccine was sold', { validity: ['before-vaccine-existed'] }, 'date-impossible'],
    ['a dose from another jurisdiction’s registry', { sourceClass: 'other-registry' }, 'other-registry-reported'],
  ])('%s: %s', (_name, more, verdict) => {
    const answer = isReportedToCdc(doseOf('ada', 1, more));
    expect(answer.kind === 'reportable' ? answer.kind : answer.why).toBe(verdict);
  });

  it.each([['withhold', 'opted-out'], ['send', 'reportable']] as const)('of a person who opted out: the jurisdiction chose to %s, so %s', (optedOut, verdict) => {
    const answer = isReportedToCdc(doseOf('ada', 1), { isOptedOut: true, choices: { optedOut } });
    expect(answer.kind === 'reportable' ? answer.kind : answer.why).toBe(verdict);
  });

  it('agrees with the mark that a dose gets when it is stored, also as a further report of another', () => {
    for (const sourceClass of sourceClasses)
      for (const completion of completions)
        for (const cvx of ['208', '03'])
          for (const link of [{}, { witnessOf: doseIdFor('other', 1) }]) {
            const dose = withLink(doseOf('ada', 1, { sourceClass, completion, cvx }), link);
            expect(isReportedToCdc(dose).kind === 'reportable').toBe(dose.reportable);
          }
  });
});

describe('The history of a person', () => {
  const told = { sourceClass: 'historical', source: '01' } as const;
  const counted = (...doses: DoseItem[]): string[] => historyOf(doses).doses.map(({ doseId }) => doseId).sort();
  const ids = (...doses: [string, number][]): string[] => doses.map(([record, n]) => doseIdFor(record, n)).sort();

  it.each([
    ['counts a dose once of which there is a further report', [doseOf('ada', 1), doseOf('other', 1, { ...told, witnessOf: doseIdFor('ada', 1) })], ids(['ada', 1])],
    ['counts a further report for nothing, whoever told it', [doseOf('ada', 1, { witnessOf: doseIdFor('other', 1) }), doseOf('other', 1)], ids(['other', 1])],
    ['keeps two doses that sites gave on one day', [doseOf('ada', 1), doseOf('other', 1)], ids(['ada', 1], ['other', 1])],
    ['keeps what is told of another day', [doseOf('ada', 1), doseOf('other', 1, { ...told, givenOn: '2021-03-11' })], ids(['ada', 1], ['other', 1])],
    ['leaves out refused, deleted and other doses', [doseOf('ada', 1, { completion: 'RE' }), doseOf('ada', 2, { state: 'deleted' }), doseOf('ada', 3, { cvx: '03' })], []],
  ])('%s', (_name, doses, expected) => {
    expect(counted(...doses)).toEqual(expected);
    expect(counted(...[...doses].reverse())).toEqual(expected);
  });

  it('takes each fact of a person from the newest record that says it', () => {
    const records = [
      recordOf('ada', { updatedAt: '2021-03-05T00:00:00.000Z', sex: 'U', races: ['UNK'], home: { residence: 'unknown' } }),
      recordOf('older', { updatedAt: '2021-03-04T00:00:00.000Z', birthDate: '1990-01-01', ethnicity: 'UNK' }),
    ];
    expect(coveragePersonOf({ person: personOf('ada'), records, doses: [] })).toMatchObject({
      born: '1981-02-03', sex: 'F', races: ['2106-3'], ethnicity: '2186-5', address: { city: 'Hartford', zip: '06103' },
    });
  });
});

describe('The event of a dose', () => {
  const head = doseOf('ada', 2, { givenOn: '2021-04-02' });
  const sources = { head, dose: head, record: recordOf('ada'), recipId: 'rcp_1', history: [doseOf('ada', 1), head], site: undefined };

  it('has the number it has in the person’s history, over all records', () => {
    expect(eventOf(sources)).toMatchObject({ kind: 'vaccination', doseNumber: 2, seriesComplete: 'YES' });
    expect(eventOf({ ...sources, history: [head] })).toMatchObject({ doseNumber: 1, seriesComplete: 'NO' });
  });

  it('tells the version that was claimed, also of the dose’s place in the history', () => {
    const dose = { ...head, givenOn: '2021-03-01' };
    expect(eventOf({ ...sources, dose })).toMatchObject({ on: '2021-03-01', doseNumber: 1 });
  });

  it('has the number of the dose it tells of, when it is only told', () => {
    const told = doseOf('other', 1, { givenOn: '2021-04-02', sourceClass: 'historical' });
    expect(eventOf({ ...sources, head: told, dose: told, history: [...sources.history, told] })).toMatchObject({ doseNumber: 2 });
  });

  it.each([
    ['names the place as it was told when it is no enrolled site', { facility: 'Harbour Clinic', responsible: 'Harbour Health' }, { responsibleOrg: 'Harbour Health', name: 'Harbour Clinic' }],
    ['says Unknown when nobody told the place', {}, { responsibleOrg: 'Unknown', name: 'Unknown' }],
  ])('%s', (_name, more, place) => expect(eventOf({ ...sources, dose: doseOf('ada', 2, { siteId: undefined, ...more }) }).place).toEqual(place));

  it('is a refusal without a number when it was refused', () => {
    const refused = doseOf('ada', 3, { completion: 'RE' });
    expect(eventOf({ ...sources, head: refused, dose: refused })).not.toHaveProperty('doseNumber');
    expect(eventOf({ ...sources, head: refused, dose: refused }).kind).toBe('refusal');
  });
});
