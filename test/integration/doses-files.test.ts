import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Call } from '../support/api.ts';
import { cell, doseFile } from '../support/dose-file.ts';
import { openDoseRoom, siteIds, type DoseRoom } from '../support/dose-room.ts';

let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('doseFiles');
  await room.stock({}, 100);
});
afterAll(() => room.stop());

interface Row { row: number; status: string; doseId?: string; remarks: { column: string; severity: string; message: string }[] }
const send = (body: string, more: Partial<Call> = {}): Promise<Answer> => room.asNurse({ route: 'POST /sites/{siteId}/dose-files', params: { siteId: siteIds.elm }, body, ...more });
const rowsOf = ({ body }: Answer): Row[] => body['items'] as Row[];
const onHand = async (): Promise<number> => (await room.account())?.buckets.onHand ?? 0;
const kept = async (): Promise<string> => JSON.stringify((await room.items()).sort((a, b) => (`${String(a['pk'])}${String(a['sk'])}` < `${String(b['pk'])}${String(b['sk'])}` ? -1 : 1)));

describe('A file of doses of a site', () => {
  /** People who have nothing in common but their town. */
  const families = ['Marsh', 'Quigley', 'Ostrowski', 'Banerjee', 'Delacroix', 'Huang'];
  const people = (prefix: string, count: number, more: (index: number) => Record<string, string> = () => ({})) =>
    Array.from({ length: count }, (_, index) => {
      const number = [...`${prefix}${index}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
      return cell({
        patient_id: `${prefix}-${index}`, last_name: `${families[index] ?? ''}${prefix}`, first_name: `${prefix}${'abcdefghij'[index] ?? ''}`, dose_id: `${prefix}-${index}`,
        birth_date: `${1930 + (number % 60)}-0${1 + (number % 9)}-1${number % 10}`, phone: `860-55${number % 10}-${String(1000 + number)}`, street: `${number} ${prefix} Road`, ...more(index),
      });
    });

  it('is stored row by row, takes its doses from the account, and changes nothing when it comes again', async () => {
    const before = await onHand();
    const file = doseFile(people('Whole', 6));
    const answer = await send(file);
    expect(answer).toMatchObject({ status: 200, body: { counts: { recorded: 6 }, remarks: [] } });
    expect(rowsOf(answer).map(({ row, remarks }) => [row, remarks])).toEqual([2, 3, 4, 5, 6, 7].map((row) => [row, []]));
    expect(await onHand()).toBe(before - 6);
    const state = await kept();
    expect(await send(file, { now: '2021-03-09T15:00:00.000Z' })).toMatchObject({ status: 200, body: { counts: { unchanged: 6 } } });
    expect(await kept()).toBe(state);
  });

  it('keeps its good rows and names the faults of the others by row and column, without what was written', async () => {
    const [good = {}, bad = {}, half = {}, unread = {}] = people('Mixed', 4);
    const answer = await send(doseFile([good, { ...bad, cvx: '777', ndc: '' }, { ...half, lot: '', route: 'ZZ' }, { ...unread, birth_date: '1/2/50', given_on: '44317' }]));
    expect(rowsOf(answer).map(({ status }) => status)).toEqual(['recorded', 'rejected', 'recorded', 'rejected']);
    const columns = rowsOf(answer).map(({ remarks }) => remarks.map(({ column, severity }) => `${severity} ${column}`));
    expect(columns).toEqual([[], ['E cvx'], expect.arrayContaining(['W lot', 'E route']), ['E birth_date', 'E given_on']]);
    expect(answer.text).not.toMatch(/Marsh|1\/2\/50|777/);
  });

  it('with a mended row mends that row; with other ids it adds', async () => {
    const [first = {}, second = {}] = people('Mend', 2);
    await send(doseFile([first, second]));
    const again = await send(doseFile([first, { ...second, body_site: 'RA' }]));
    expect(rowsOf(again).map(({ status }) => status)).toEqual(['unchanged', 'corrected']);
    const [plain = {}] = people('Plain', 1, () => ({ dose_id: '' }));
    const added = await send(doseFile([plain]));
    expect(rowsOf(added)).toMatchObject([{ status: 'recorded', remarks: [{ column: 'dose_id', severity: 'W' }] }]);
    const mended = await send(doseFile([{ ...plain, body_site: 'RD' }]));
    expect(rowsOf(mended)).toMatchObject([{ status: 'corrected', doseId: rowsOf(added)[0]?.doseId }]);
  });

  it('with several doses of one patient stores them in the order of the file', async () => {
    const [patient = {}] = people('Series', 1);
    const answer = await send(doseFile([{ ...patient, dose_id: 'S-1', given_on: '2021-01-05', source: '01' }, { ...patient, dose_id: 'S-2', given_on: '2021-02-05', source: '1' }, { ...patient, dose_id: 'S-3' }]));
    expect(rowsOf(answer).map(({ status }) => status)).toEqual(['recorded', 'recorded', 'recorded']);
    expect((await room.items()).filter((item) => item['type'] === 'record' && JSON.stringify(item['names']).includes('Series'))).toHaveLength(1);
  });

  it('is answered as a file to who asks for one', async () => {
    const [good = {}, bad = {}] = people('Csv', 2);
    const answer = await send(doseFile([good, { ...bad, sex: 'maybe' }]), { headers: { accept: 'text/csv' } });
    expect(answer.text).toMatch(/^row,status,dose,remarks\r\n2,recorded,dos_\w+,\r\n3,rejected,,"E sex: must be F, M, X or U"\r\n$/);
    const [again = {}] = people('Csvb', 1);
    const withColour = doseFile([{ ...again, eligibility: '', body_site: 'QQ' }]).replace('patient_id,', 'colour,patient_id,').replace('Csvb-0,', 'red,Csvb-0,');
    const remarked = await send(withColour, { headers: { accept: 'text/csv' } });
    expect(remarked.text).toMatch(/^row,status,dose,remarks\r\n1,header,,column A is not known here and was not read\r\n2,recorded,dos_\w+,E body_site: site is not in the table - value ignored; W eligibility: eligibility is missing\r\n$/);
  });

  it('that is none is refused, and so is one for a site of somebody else', async () => {
    expect(await send('hello')).toMatchObject({ status: 400, body: { errors: expect.arrayContaining([{ path: 'row 1, column patient_id', message: expect.any(String) }]) } });
    expect((await send(doseFile(people('Foreign', 1)), { subject: 'oak-nurse' })).status).toBe(404);
    expect((await send(doseFile(people('Foreign', 1)), { params: { siteId: 'sit_none' } })).status).toBe(404);
  });

  it('tells the same as the JSON interface does', async () => {
    const [row = {}] = people('Same', 1);
    const [told] = rowsOf(await send(doseFile([row])));
    const json = await room.asNurse({
      route: 'POST /sites/{siteId}/doses', params: { siteId: siteIds.elm }, key: 'same-as-file', body: {
        doses: [{
          id: row['dose_id'], givenOn: '2021-03-08', vaccine: { cvx: row['cvx'], ndc: row['ndc'] }, mvx: 'JSN', lot: row['lot'], expiry: '2021-06-25', amount: 0.5, unit: 'mL', route: 'C28161', bodySite: 'LA',
          eligibility: 'V01', administeredBy: { family: 'Nurse' },
          patient: { ids: [{ id: row['patient_id'] }], name: { family: row['last_name'], given: row['first_name'] }, birthDate: row['birth_date'], sex: 'F', races: ['2106-3'], ethnicity: '2186-5', address: { street: row['street'], city: 'Hartford', state: 'CT', zip: '06106' }, phone: row['phone'] },
        }],
      },
    });
    expect((json.body['items'] as { status: string; dose: { doseId: string } }[])[0]).toMatchObject({ status: 'unchanged', dose: { doseId: told?.doseId } });
  });
});
