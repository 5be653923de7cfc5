import { MICRO } from '../quantity.ts';
import type { SiteLine, SupplyLine } from '../inputs.ts';

/** Doses of a week promised by the vial, out of packs that a hub was promised in the same week (`hubs.ts`). */

type Size = Pick<SupplyLine, 'packDoses'>;

/** What a site was promised by the vial out of packs of this size, and by which hub; undefined when nothing. */
export const vialsOf = ({ vials = [] }: Pick<SiteLine, 'vials'>, { packDoses }: Size): { readonly hub: string; readonly doses: number } | undefined =>
  vials.find((row) => row.packDoses === packDoses && row.doses > 0);

export const vialDosesOf = (line: Pick<SiteLine, 'vials'>, size: Size): number => vialsOf(line, size)?.doses ?? 0;

/** Of the packs that a hub was promised, doses that are offered to others. */
export const othersDosesOf = ({ fixed }: Pick<SiteLine, 'fixed'>, { packDoses }: Size): number =>
  fixed.find((row) => row.packDoses === packDoses)?.othersDoses ?? 0;

interface Promising {
  readonly supply: Size;
  readonly lines: readonly Pick<SiteLine, 'vials'>[];
}
export const hasVials = ({ lines, supply }: Promising): boolean => lines.some((line) => vialsOf(line, supply) !== undefined);

/** Micro-doses that each site of a pool was promised by the vial. */
export const promisedVials = ({ lines, supply }: Promising): Float64Array => Float64Array.from(lines, (line) => vialDosesOf(line, supply) * MICRO);
