import { normaliseNdc, usesInSale } from '../../../../shared/codes/ndc.ts';
import type { Segment } from '../../../../shared/hl7/index.ts';
import { readDamaged } from './notes.ts';
import type { Notes } from './notes.ts';
import type { ReportedDose, VaccineCodes } from './types.ts';

export type Vaccine = Pick<ReportedDose, 'cvx' | 'ndc' | 'useNdc'> & { readonly ndcMvx?: string };

/** A CVX with at least two digits, as CDC lists it. */
export const normaliseCvx = (text: string): string | undefined =>
  /^\d{1,3}$/.test(text) ? text.replace(/^0+(?=\d)/, '').padStart(2, '0') : undefined;

type Triplet = { readonly at: 1 | 4; readonly code: string; readonly system: 'CVX' | 'NDC' | undefined; readonly named: boolean };

const SYSTEMS: Readonly<Record<string, 'CVX' | 'NDC'>> = { CVX: 'CVX', HL70292: 'CVX', NDC: 'NDC' };

/** The two triplets of a coded field; a system that was not named is guessed from an unambiguous shape (HL7-31). */
const tripletsOf = (rxa: Segment): Triplet[] => ([1, 4] as const).flatMap((at) => {
  const code = readDamaged(rxa, 5, at);
  if (code === '') return [];
  const name = readDamaged(rxa, 5, at + 2).toUpperCase();
  const shape = normaliseNdc(code) ? 'NDC' : normaliseCvx(code) && at === 1 ? 'CVX' : undefined;
  const system = name === '' ? shape : Object.hasOwn(SYSTEMS, name) ? SYSTEMS[name] : undefined;
  // An NDC under the name CVX, or the other way round, is taken for what it is.
  return [{ at, code, system: system && shape ? shape : system, named: name !== '' }];
});

type Product = { readonly cvx: string; readonly mvx?: string; readonly useNdc?: string };

/** A carton of several units of use (a kit, or two makes of tube) still names one vaccine, though no vial of it. */
const cartonOf = (ndc: string): Product | undefined => {
  const [first, ...others] = usesInSale(ndc);
  if (!first || others.some(({ cvx }) => cvx !== first.cvx)) return undefined;
  return others.every(({ mvx }) => mvx === first.mvx) && first.mvx !== undefined ? { cvx: first.cvx, mvx: first.mvx } : { cvx: first.cvx };
};

/** RXA-5: what was given (HL7-47 to HL7-49). Undefined when no code of it is known; the dose is lost then. */
export const readVaccine = (rxa: Segment, codes: VaccineCodes, notes: Notes): Vaccine | undefined => {
  const triplets = tripletsOf(rxa);
  const cvxSent = triplets.find(({ system }) => system === 'CVX');
  const ndcSent = triplets.find(({ system }) => system === 'NDC');
  const cvxCode = cvxSent && normaliseCvx(cvxSent.code);
  const ndcCode = ndcSent && normaliseNdc(ndcSent.code);
  const product = ndcCode === undefined ? undefined : codes.ndc(ndcCode) ?? cartonOf(ndcCode);
  const cvx = cvxCode !== undefined && codes.cvx(cvxCode) ? cvxCode : product?.cvx;
  if (cvx === undefined) {
    const missing = triplets.length === 0;
    notes.loseSegment('HL7-49', rxa, 5, missing
      ? { code: '101', text: 'RXA-5 vaccine code is missing' }
      : { code: '103', applicationCode: '5', text: 'RXA-5 vaccine code is not recognised as CVX or NDC' });
    return undefined;
  }
  remark(rxa, { cvxSent, ndcSent, cvxKnown: cvx === cvxCode, product, cvx }, notes);
  if (!product || ndcCode === undefined) return { cvx };
  return {
    cvx,
    ndc: ndcCode,
    ...(product.useNdc !== undefined && { useNdc: product.useNdc }),
    ...(product.mvx !== undefined && { ndcMvx: product.mvx }),
  };
};

type Found = {
  readonly cvxSent: Triplet | undefined;
  readonly ndcSent: Triplet | undefined;
  readonly cvxKnown: boolean;
  readonly product: Product | undefined;
  readonly cvx: string;
};

const remark = (rxa: Segment, { cvxSent, ndcSent, cvxKnown, product, cvx }: Found, notes: Notes): void => {
  if (cvxSent && !cvxKnown && product?.cvx !== normaliseCvx(cvxSent.code)) {
    notes.add('HL7-47', rxa.at(5, cvxSent.at), {
      code: '103',
      applicationCode: '5',
      severity: 'W',
      text: 'RXA-5 CVX is not recognised - taken from the NDC',
    });
  }
  if (ndcSent && !product) {
    notes.add('HL7-48', rxa.at(5, ndcSent.at), {
      code: '103',
      applicationCode: '5',
      severity: 'W',
      text: 'RXA-5 NDC is not recognised - NDC ignored, CVX stands',
    });
  }
  if (cvxKnown && product && product.cvx !== cvx) {
    notes.add('HL7-47', rxa.at(5, ndcSent?.at ?? 4), {
      code: '102',
      applicationCode: '3',
      severity: 'W',
      text: 'RXA-5 CVX and NDC name different vaccines - the NDC decides stock, the CVX history',
    });
  }
  if (ndcSent && product && product.useNdc === undefined) {
    notes.add('HL7-48', rxa.at(5, ndcSent.at), {
      code: '102',
      severity: 'I',
      text: 'RXA-5 NDC is a carton of several units of use - the vaccine is known, the vial is not',
    });
  }
  for (const sent of [cvxSent, ndcSent]) {
    if (sent && !sent.named) {
      notes.add('HL7-31', rxa.at(5, sent.at + 2), { code: '101', severity: 'I', text: 'RXA-5 coding system is missing - recognised by its form' });
    }
  }
};
