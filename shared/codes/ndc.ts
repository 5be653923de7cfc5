import { NDC_TABLE } from './ndc-table.ts';
import { lazyRows } from './table-rows.ts';

/** A unit-of-use NDC (vial, syringe) with the cartons (unit of sale) it comes in. NDCs are written 5-4-2 with hyphens. */
export type NdcUse = {
  readonly useNdc: string;
  readonly cvx: string;
  readonly mvx?: string;
  readonly saleNdcs: readonly string[];
};

const SEGMENTS = [5, 4, 2] as const;
const hyphenated = (digits: string): string => `${digits.slice(0, 5)}-${digits.slice(5, 9)}-${digits.slice(9, 11)}`;

/**
 * The 5-4-2 forms a written NDC can stand for: one for 11 digits or for a hyphenated code (short segments are padded on the
 * left), three for 10 bare digits (which segment lost its zero cannot be seen), none when it is not an NDC.
 */
export const ndcForms = (written: string): readonly string[] => {
  const text = written.trim();
  const parts = text.split('-');
  if (parts.length === 3) {
    const fits = parts.every((part, i) => /^\d+$/.test(part) && part.length <= (SEGMENTS[i] ?? 0));
    return fits ? [parts.map((part, i) => part.padStart(SEGMENTS[i] ?? 0, '0')).join('-')] : [];
  }
  if (/^\d{11}$/.test(text)) return [hyphenated(text)];
  if (!/^\d{10}$/.test(text)) return [];
  return [`0${text}`, `${text.slice(0, 5)}0${text.slice(5)}`, `${text.slice(0, 9)}0${text.slice(9)}`].map(hyphenated);
};

/** The one 5-4-2 form of a written NDC; undefined when it is no NDC, or 10 bare digits that CDC's list does not settle. */
export const normaliseNdc = (written: string): string | undefined => {
  const forms = ndcForms(written);
  if (forms.length === 1) return forms[0];
  const known = forms.filter((form) => byUse().has(form) || bySale().has(form));
  return known.length === 1 ? known[0] : undefined;
};

export const allNdcUses = lazyRows(NDC_TABLE, ([use = '', cvx = '', mvx = '', sales = '']): NdcUse => ({
  useNdc: hyphenated(use),
  cvx,
  ...(mvx === '' ? {} : { mvx }),
  saleNdcs: sales === '' ? [] : sales.split(',').map(hyphenated),
}));

const lazyGroups = (keysOf: (row: NdcUse) => readonly string[]): (() => ReadonlyMap<string, readonly NdcUse[]>) => {
  let groups: Map<string, NdcUse[]> | undefined;
  return () => {
    if (groups === undefined) {
      groups = new Map();
      for (const row of allNdcUses()) for (const key of keysOf(row)) groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    return groups;
  };
};
const byUse = lazyGroups((row) => [row.useNdc]);
const bySale = lazyGroups((row) => row.saleNdcs);

/** The unit of use of a written NDC (of use or of sale); a carton holding several units of use names none of them. */
export const ndcUseOf = (written: string): NdcUse | undefined => {
  const asWritten = byUse().get(written)?.[0]; // most senders write it as CDC does
  if (asWritten !== undefined) return asWritten;
  const form = normaliseNdc(written);
  if (form === undefined) return undefined;
  const own = byUse().get(form)?.[0];
  if (own !== undefined) return own;
  const inCarton = bySale().get(form) ?? [];
  return inCarton.length === 1 ? inCarton[0] : undefined;
};

/** Every unit of use in a carton: a kit with a diluent or a second component has more than one. */
export const usesInSale = (written: string): readonly NdcUse[] => bySale().get(normaliseNdc(written) ?? '') ?? [];

export const isSaleNdc = (form: string): boolean => bySale().has(form);
