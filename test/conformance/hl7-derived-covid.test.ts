import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { derive, derivedPrefix, isBase, type Stock } from '../../cli/replay/derive.ts';
import type { MessageFile } from '../../cli/replay/read-input.ts';
import { readMessage } from '../../shared/hl7/index.ts';
import { addDays } from '../../shared/kernel/dates.ts';
import { readVxu } from '../../functions/doses/domain/vxu/read.ts';
import type { ImmunizationReport } from '../../functions/doses/domain/vxu/types.ts';
import { readCorpus } from '../support/hl7-corpus.ts';
import { sharedPath } from '../support/shared.ts';
import { vxuContext } from '../support/vxu.ts';

// No corpus of real COVID-19 messages exists; these are derived from NIST's, labelled so in MSH-10 and ORC-3, and reported on here, apart.

interface Row { cvx: string; mvx: string; sale: string; use: string; from: string; name: string }
const [, ...lines] = readFileSync(sharedPath('codes/covid_ndc_crosswalk.tsv'), 'utf8').split('\n').filter((line) => line !== '');
const iso = (text: string): string => `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
const rows: Row[] = lines.map((line) => {
  const [cvx = '', , , mvx = '', sale = '', , , , use = '', , name = '', , from = ''] = line.split('\t');
  return { cvx, mvx, sale, use, name, from: /^\d{8}$/.test(from) ? iso(from) : '2021-03-01' };
});

const bases: MessageFile[] = readCorpus().filter(({ file, missing }) => file.startsWith('nist-iz-tool/VXU') && missing === '').map(({ file, bytes }) => ({ name: file, bytes })).filter(isBase);

/** A copy whose dates fit the product: given a month after it came on the market, by a patient old enough for it. */
const derived = (row: Row, ndc: string, serial: number): { text: string; givenOn: string } => {
  const base = bases[serial % bases.length] as MessageFile;
  const givenOn = addDays(row.from, 30);
  const stock: Stock = { cvx: row.cvx, ndc, mvx: row.mvx, siteName: 'DCS_DC', lot: `TEST${String(serial).padStart(4, '0')}`, expiresOn: addDays(givenOn, 90) };
  const compact = (day: string): string => day.replaceAll('-', '');
  const text = derive(base, stock, givenOn, serial).split('\r').map((line) => {
    const fields = line.split('|');
    if (fields[0] === 'PID') fields[7] = '19600102';
    if (fields[0] === 'MSH') fields[6] = `${compact(addDays(givenOn, 1))}120000-0500`;
    if (fields[0] === 'OBX') { fields[14] = compact(givenOn); }
    return fields.join('|');
  }).join('\r');
  return { text, givenOn };
};

const judged = (text: string): ImmunizationReport => readVxu(text, { ...vxuContext, receivedAt: '2026-01-15T12:00:00.000Z' });

describe('every COVID-19 product, as an EHR would report it (derived messages)', () => {
  it('comes from a base of NIST’s that reports one new dose, and says that it is derived', () => {
    expect(bases).toHaveLength(8);
    expect(rows).toHaveLength(55);
    const message = readMessage(derived(rows[0] as Row, rows[0]?.use ?? '', 1).text);
    expect([message.header?.value(10), message.first('ORC')?.value(3)]).toEqual([`${derivedPrefix}00001`, `${derivedPrefix}00001`]);
  });

  it.each(rows.map((row, at) => [`CVX ${row.cvx}, ${row.sale} holding ${row.use}`, row, at] as const))('%s', (_, row, at) => {
    for (const ndc of [row.use, row.sale]) {
      const { text, givenOn } = derived(row, ndc, at);
      const { faults, orders, accepted, answer } = judged(text);
      expect({ accepted, errors: faults.filter(({ severity }) => severity === 'E'), orders: orders.length }).toEqual({ accepted: true, errors: [], orders: 1 });
      expect(['AA', 'AE']).toContain(answer);
      expect(orders[0]).toMatchObject({ cvx: row.cvx, useNdc: row.use, mvx: row.mvx, givenOn, kind: 'new', action: 'A' });
      expect(faults.filter(({ rule }) => ['HL7-47', 'HL7-48', 'HL7-49', 'HL7-57'].includes(rule))).toEqual([]);
    }
  });

  it('a copy that names another product’s maker is seen (negative control)', () => {
    const row = rows.find(({ cvx }) => cvx === '212') as Row;
    expect(judged(derived({ ...row, mvx: 'PFR' }, row.use, 3).text).faults.map(({ rule }) => rule)).toContain('HL7-57');
  });
});
