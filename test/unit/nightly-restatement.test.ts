import { describe, expect, it } from '@jest/globals';
import { rowOf, type CvrsField, type CvrsValues } from '../../functions/reports/domain/cvrs-columns.ts';
import { restatementOf } from '../../functions/reports/domain/restatement.ts';
import { differingFields, rowDigestOf, withPlaceOf } from '../../functions/reports/domain/row-digest.ts';

const said: CvrsValues = { vax_event_id: 'dos_1', recip_id: 'rcp_1', recip_dob: '1981-02-03', recip_address_zip: '06103', dose_num: '1', admin_name: 'Elm', admin_address_zip: '06106' };
const digestOf = (more: CvrsValues = {}): string => rowDigestOf(rowOf({ ...said, ...more }));
const outcome = (more: CvrsValues = {}) => ({ kind: 'row', row: rowOf({ ...said, ...more }), omitted: [] }) as const;
const sent = digestOf();
const asSent = { version: 1, digest: sent };
const bornLater = { kind: 'unsendable', faults: [{ field: 'recip_dob', reason: 'after-event' }] } as const;

describe('The digest of a row', () => {
  it.each<[CvrsValues, CvrsField[]]>([
    [{}, []],
    [{ dose_num: '2' }, ['dose_num']],
    [{ recip_address_zip: '', dose_num: 'UNK' }, ['recip_address_zip', 'dose_num']],
  ])('tells that %j differs in %j', (more, fields) => expect(differingFields(sent, digestOf(more))).toEqual(fields));

  it('says nothing of a value that could be found by trying it for another person, or in another column', () => {
    const other = digestOf({ recip_id: 'rcp_2' });
    expect(differingFields(sent, other)).toHaveLength(45);
    expect(sent).not.toContain('06103');
    const [a, b] = [rowDigestOf(rowOf({ recip_id: 'r', ndc: 'X' })), rowDigestOf(rowOf({ recip_id: 'r', mvx: 'X' }))];
    expect(differingFields(a, b)).toEqual(['ndc', 'mvx']);
  });

  it('keeps the place of another digest', () => {
    expect(withPlaceOf(sent, digestOf({ admin_name: 'Oak', admin_address_zip: '06112' }))).toBe(sent);
    expect(withPlaceOf(sent, digestOf({ admin_name: 'Oak', dose_num: '2' }))).toBe(digestOf({ dose_num: '2' }));
  });
});

describe('A restatement', () => {
  it.each([
    ['an event that stands as it was sent', asSent, { version: 1, outcome: outcome() }],
    ['a new version of the dose that changes nothing of the row', asSent, { version: 2, outcome: outcome() }],
    ['a site that has another address now', asSent, { version: 1, outcome: outcome({ admin_address_zip: '06112' }) }],
    ['an event that the ledger calls deleted already', { version: 2, digest: 'deleted' }, { version: 2, outcome: undefined }],
    ['an event that the ledger said cannot be sent', { version: 1, digest: 'unsendable:recip_dob' }, { version: 1, outcome: bornLater }],
    ['what the ledger said already', { version: 1, digest: digestOf({ dose_num: '2' }) }, { version: 1, outcome: outcome({ dose_num: '2' }) }],
  ])('is not needed for %s', (_name, last, now) => expect(restatementOf(sent, last, now)).toBeUndefined());

  it.each([
    ['a dose that moved in its series', asSent, { version: 1, outcome: outcome({ dose_num: '2' }) }, 'update', ['dose_num']],
    ['a dose corrected to have been given elsewhere', asSent, { version: 2, outcome: outcome({ admin_name: 'Oak' }) }, 'update', ['admin_name']],
    ['an event that is none any more', asSent, { version: 2, outcome: undefined }, 'delete', []],
    ['an event that no row can say', asSent, { version: 1, outcome: bornLater }, 'update', ['recip_dob']],
    ['an event that came back after it was deleted', { version: 2, digest: 'deleted' }, { version: 3, outcome: outcome() }, 'update', []],
    ['an event that says again what the file says', { version: 1, digest: digestOf({ dose_num: '2' }) }, { version: 1, outcome: outcome() }, 'update', []],
    ['a second difference, with all that differs from the file', { version: 1, digest: digestOf({ dose_num: '2' }) }, { version: 1, outcome: outcome({ dose_num: '2', recip_dob: '1981-02-04' }) }, 'update', ['recip_dob', 'dose_num']],
  ] as const)('is needed for %s', (_name, last, now, change, fields) => expect(restatementOf(sent, last, now)).toMatchObject({ change, fields, told: { version: now.version } }));
});
