import type { SiteLine } from '../inputs.ts';

/** A line of a site as a pool reads it. */
export interface ServedLine extends SiteLine {
  /** Its doses come by the vial, and keep at the site for days only: `storedIn` and `beyondUseDoses` are those of vials. */
  readonly servedByVial?: true;
}

/**
 * A line as it is where its doses come by the vial out of a hub's packs: vials may lie in units that keep the product for days only, and
 * no more of them are of use than the site gives in those days. A site with packs of its own keeps to what holds for packs.
 */
export const keptByVial = (line: ServedLine): ServedLine => {
  const { byVial, beyondUseDoses: _ofPacks, ...rest } = line;
  if (byVial === undefined || line.fixed.some(({ packs }) => packs > 0)) return line;
  return { ...rest, byVial, ...byVial, servedByVial: true };
};
