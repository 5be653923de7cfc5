import { ownDoses } from './domain/own-doses.ts';
import type { RunAward } from './schemas-run-items.ts';

/** Whose doses an award of a run are where packs are shared by the vial: `doses` less those of `members`, and with those of `byVial`, are the site's own. */
export interface SharedByVial {
  /** Doses that come to the site out of its hub's packs. */
  readonly byVial?: { readonly hub: string; readonly doses: number };
  /** Of a hub: who else has doses of its packs. */
  readonly members?: readonly { readonly siteId: string; readonly doses: number }[];
}

const isMember = (row: unknown): row is { siteId: string; doses: number } =>
  typeof row === 'object' && row !== null && 'siteId' in row && typeof row.siteId === 'string' && 'doses' in row && typeof row.doses === 'number';

/** An award of a run with what its explanation says of vials, as figures. */
export const shownRunAward = <A extends RunAward>(award: A): A & SharedByVial => {
  const { explanation, doses } = award;
  const hub = explanation.find(({ kind }) => kind === 'from-hub')?.['hub'];
  const rows = explanation.find(({ kind }) => kind === 'hub-shares')?.['members'];
  const members = Array.isArray(rows) ? rows.filter(isMember).map(({ siteId, doses: own }) => ({ siteId, doses: own })) : [];
  return {
    ...award,
    ...(typeof hub === 'string' ? { byVial: { hub, doses: ownDoses(award) - doses } } : {}),
    ...(members.length > 0 ? { members } : {}),
  };
};
