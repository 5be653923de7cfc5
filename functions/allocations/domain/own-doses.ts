import { floorDiv, MICRO } from './quantity.ts';

/** What of an award tells whose doses they are; its lines may be an engine's or stored ones. */
interface Explained {
  readonly doses: number;
  readonly explanation: readonly { readonly kind: string; readonly micro?: unknown }[];
}

/**
 * Doses that a site has to give, of an award: what comes to it by the vial out of its hub's packs counts at it, and what a hub takes for
 * others does not count at the hub. Over all awards of a pool they add up to the packs awarded.
 */
export const ownDoses = ({ doses, explanation }: Explained): number => {
  const forOthersMicro = explanation.reduce(
    (sum, { kind, micro }) => ((kind === 'hub-shares' || kind === 'from-hub') && typeof micro === 'number' ? sum + micro : sum),
    0,
  );
  return doses - floorDiv(forOthersMicro, MICRO);
};
