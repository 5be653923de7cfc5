import { readFileSync } from 'node:fs';
import { addDays } from '../../shared/kernel/dates.ts';
import { licensedYears } from '../../shared/codes/licensed-ages.ts';
import { sharedPath } from './shared.ts';

/**
 * COVID-19 messages derived from a gap-free message of NIST's plans: its structure stays, one order group is swapped for a row of CDC's
 * crosswalk of products. They are DERIVED, not real, and results on them are reported apart.
 */
export const derivedTier = 'DERIVED';
export const derivedBase = 'nist-iz-tool/VXU-0052.hl7';

/** One carton of the crosswalk with its unit of use. */
export interface CrosswalkRow {
  readonly cvx: string;
  readonly mvx: string;
  readonly saleNdc: string;
  readonly useNdc: string;
  readonly product: string;
  /** The day given: inside the days of the unit of use. */
  readonly on: string;
}

const dayOf = (text: string): string => `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;

export const crosswalkRows = (): CrosswalkRow[] => {
  const [, ...lines] = readFileSync(sharedPath('codes/covid_ndc_crosswalk.tsv'), 'utf8').split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [cvx = '', , , mvx = '', saleNdc = '', , , , useNdc = '', , product = '', , from = '', until = ''] = line.split('\t').map((cell) => cell.trim());
    const on = addDays(dayOf(from), 5);
    return { cvx, mvx, saleNdc, useNdc, product, on: until !== '' && on > dayOf(until) ? dayOf(from) : on };
  });
};

export const variants = [
  'as told', 'CVX only', 'NDC only', 'sale NDC', 'historical', 'refused', 'not given', 'wrong maker', 'expired lot', 'unspecified', 'update', 'deletion',
] as const;
export type Variant = (typeof variants)[number];

/** What is expected of a variant: MSA-1, the rules that warn, how the dose meets stock (`matched`, or why not), its validity. */
export interface Expected {
  readonly answer: 'AA' | 'AE';
  readonly rules: readonly string[];
  readonly stock: string;
  readonly validity: readonly string[];
}
const fine: Expected = { answer: 'AA', rules: [], stock: 'matched', validity: [] };
export const expectedOf: Readonly<Record<Variant, Expected>> = {
  'as told': fine,
  'CVX only': { ...fine, stock: 'only-product' },
  'NDC only': fine,
  'sale NDC': fine,
  historical: { ...fine, stock: 'historical' },
  refused: { ...fine, stock: 'refused' },
  'not given': { ...fine, stock: 'not-given' },
  'wrong maker': { ...fine, answer: 'AE', rules: ['HL7-57'] },
  'expired lot': { ...fine, answer: 'AE', rules: ['HL7-56'], validity: ['lot-expired'] },
  unspecified: { ...fine, stock: 'product-unknown', validity: ['product-unknown'] },
  update: fine,
  deletion: fine,
};

export const lotOf = ({ useNdc }: CrosswalkRow): string => `TEST${useNdc.replaceAll('-', '').slice(5)}`;
const hl7 = (day: string): string => day.replaceAll('-', '');
/** Somebody for whom the product is: in the middle of its ages, or well above the least. */
const bornFor = ({ cvx, useNdc, on }: CrosswalkRow): string => {
  const { least = 0.5, below = least + 40 } = licensedYears({ cvx, ndc: useNdc, on });
  return addDays(on, -Math.round(((least + below) / 2) * 365.25));
};

const vaccineOf = ({ cvx, useNdc, saleNdc, product }: CrosswalkRow, variant: Variant): string => {
  const [asCvx, asNdc] = [`${cvx}^COVID-19 vaccine^CVX`, (ndc: string) => `${ndc}^${product}^NDC`];
  switch (variant) {
    case 'CVX only': case 'refused': case 'not given': return asCvx;
    case 'NDC only': return asNdc(useNdc);
    case 'sale NDC': return `${asCvx}^${asNdc(saleNdc)}`;
    case 'unspecified': return '213^COVID-19, unspecified^CVX';
    default: return `${asCvx}^${asNdc(useNdc)}`;
  }
};

export interface Derived {
  readonly text: string;
  readonly tier: typeof derivedTier;
  readonly base: string;
  readonly row: CrosswalkRow;
  readonly variant: Variant;
  /** ORC-3. */
  readonly id: string;
}

/** A message of one row and variant. `facility` goes into RXA-11.4; `n` keeps the ids of several patients apart. */
export const derive = (row: CrosswalkRow, variant: Variant, { facility = 'Elm Street Clinic', n = 0, lot = lotOf(row) }: { facility?: string; n?: number; lot?: string } = {}): Derived => {
  const base = readFileSync(sharedPath(`hl7/messages/${derivedBase}`), 'utf8').split(/[\r\n]+/).filter((line) => line !== '');
  const isGiven = variant !== 'refused' && variant !== 'not given';
  const id = `DERIVED-${row.saleNdc}-${n}`;
  const given = hl7(row.on);
  const changes: Readonly<Record<string, Readonly<Record<number, string>>>> = {
    MSH: { 7: `${given}120000-0500`, 10: `DERIVED-${row.saleNdc}-${variant.replaceAll(' ', '-')}-${n}` },
    PID: { 3: `DERIVED-${row.saleNdc}-${n}^^^NIST-MPI-1^MR`, 7: hl7(bornFor(row)) },
    ORC: { 3: `${isGiven ? id : '9999'}^NIST-AA-IZ-2` },
    RXA: {
      3: given, 5: vaccineOf(row, variant), 6: isGiven ? '0.3' : '999', 7: isGiven ? 'mL^mL^UCUM' : '', 9: isGiven ? (variant === 'historical' ? '01^Historical^NIP001' : '00^New Record^NIP001') : '',
      11: `^^^${facility}`, 15: isGiven ? lot : '', 16: isGiven ? hl7(addDays(row.on, variant === 'expired lot' ? -30 : 90)) : '',
      17: isGiven ? `${variant === 'wrong maker' ? 'MSD' : row.mvx}^^MVX` : '', 18: variant === 'refused' ? '03^Patient decision^NIP002' : '', 20: variant === 'refused' ? 'RE' : variant === 'not given' ? 'NA' : 'CP',
      21: variant === 'update' ? 'U' : variant === 'deletion' ? 'D' : 'A',
    },
  };
  const lines = base
    // No COVID-19 vaccine is on the list of those that need an information sheet.
    .filter((line) => !/^OBX\|\d+\|\w+\|(?:69764-9|29769-7)/.test(line) && !line.startsWith('PD1') && (isGiven || !/^(?:RXR|OBX)\|/.test(line)))
    .map((line) => {
      const fields = line.split('|');
      for (const [at, value] of Object.entries(changes[fields[0] ?? ''] ?? {})) fields[Number(at) - (fields[0] === 'MSH' ? 1 : 0)] = value;
      if (fields[0] === 'OBX') fields[14] = given;
      return fields.join('|');
    });
  return { text: `${lines.join('\r')}\r`, tier: derivedTier, base: derivedBase, row, variant, id };
};
