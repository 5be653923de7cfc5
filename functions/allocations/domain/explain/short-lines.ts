import { ownDoses } from '../own-doses.ts';

/** What of an award tells whether its site is short. */
interface Given {
  readonly siteId: string;
  readonly doseNumber: number;
  readonly packDoses: number;
  readonly doses: number;
  readonly requestDoses: number;
  readonly explanation?: readonly { readonly kind: string; readonly micro?: unknown; readonly rule?: unknown }[];
  readonly product?: string;
  readonly ndc?: string;
}

/**
 * Whether a site is short: it has less than it asked for, and either nothing at all, or something other than its own request kept it from
 * another pack. What of a request fills no pack leaves nobody short who has the rest.
 */
export const isShort = ({ doses, requestDoses, packDoses }: Pick<Given, 'doses' | 'requestDoses' | 'packDoses'>, requestBound: boolean): boolean =>
  doses < requestDoses && !(doses > 0 && requestBound && requestDoses - doses < packDoses);

const isRequestBound = ({ explanation }: Given): boolean => explanation?.some(({ kind, rule }) => kind === 'cap' && rule === 'request') ?? false;

/**
 * Sites short of what they asked for, one row a site, product and dose number, whatever packs its doses come in: its award in the
 * smallest packs, which carries the explanation, with the doses of all sizes; what comes by the vial from a hub counts at the site.
 */
export const shortLines = <A extends Given>(awards: readonly A[]): { readonly award: A; readonly lineDoses: number }[] => {
  const lines = new Map<string, { award: A; lineDoses: number }>();
  for (const award of awards) {
    const key = JSON.stringify([award.siteId, award.product ?? award.ndc, award.doseNumber]);
    const known = lines.get(key) ?? { award, lineDoses: 0 };
    lines.set(key, {
      award: award.packDoses < known.award.packDoses ? award : known.award,
      lineDoses: known.lineDoses + ownDoses({ doses: award.doses, explanation: award.explanation ?? [] }),
    });
  }
  return [...lines.values()].filter(({ award, lineDoses }) => isShort({ ...award, doses: lineDoses }, isRequestBound(award)));
};
