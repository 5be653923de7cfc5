import type { Coding, Concept } from './elements.ts';
import { systems } from './code-systems.ts';

/** What RXA-5 is written from. */
export interface VaccineCode {
  readonly cvx: string | undefined;
  readonly ndc: string | undefined;
  /** Nothing of it is in a system we have facts for. */
  readonly isForeign: boolean;
}

/** The last digit of a GTIN, by GS1's sum. */
const isGtin = (text: string): boolean => {
  if (!/^\d{8}$|^\d{12,14}$/.test(text)) return false;
  const digits = [...text].map(Number).reverse();
  const sum = digits.slice(1).reduce((all, digit, at) => all + digit * (at % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10 === digits[0];
};

/**
 * The ten digits of an NDC that a GTIN carries: US drugs have the company prefix 03 and the NDC behind it. Undefined for any other GTIN,
 * and for one that does not add up.
 */
export const ndcOfGtin = (gtin: string): string | undefined => {
  if (!isGtin(gtin)) return undefined;
  const body = gtin.padStart(14, '0');
  return body.slice(1, 3) === '03' ? body.slice(3, 13) : undefined;
};

const codeIn = (codings: readonly Coding[], fits: (system: string) => boolean): string | undefined =>
  codings.find(({ system = '', code = '' }) => code.trim() !== '' && fits(system))?.code?.trim();

/** CVX and NDC as sent; a GTIN stands for the NDC in it. Other systems say nothing that the registry has facts for. */
export const vaccineCodeOf = (concept: Concept | undefined): VaccineCode => {
  const codings = concept?.coding ?? [];
  const cvx = codeIn(codings, (system) => system === systems.cvx || system === 'urn:oid:2.16.840.1.113883.12.292');
  const ndc = codeIn(codings, (system) => system === systems.ndc || system === 'urn:oid:2.16.840.1.113883.6.69');
  const gtin = codeIn(codings, (system) => system === systems.gtin);
  const found = ndc ?? (gtin === undefined ? undefined : ndcOfGtin(gtin));
  return { cvx, ndc: found, isForeign: cvx === undefined && found === undefined && codings.length > 0 };
};
