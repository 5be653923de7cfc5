import { lineKey, poolKey } from './line-keys.ts';
import type { RunInputs } from './inputs.ts';
import type { Policy } from './policy.ts';

/** Inputs that a policy's hubs cannot share: a hub and its sites in two groups, packs of two sizes, packs that are not whole vials. */
export const hubFaults = ({ sites, supply }: RunInputs, policy: Policy): string[] => {
  if (!policy.hubs) return [];
  const groupOf = new Map(sites.map((site) => [site.siteId, site.group]));
  const apart = policy.hubs.flatMap(({ hub, members }) => {
    const strangers = members.filter(
      (member) => groupOf.has(member) && groupOf.has(hub) && groupOf.get(member) !== groupOf.get(hub),
    );
    return strangers.map((member) => `site ${member} shares with hub ${hub} but is in another group`);
  });
  const known = policy.hubs.filter(({ hub, members }) => groupOf.has(hub) && members.some((member) => groupOf.has(member)));
  const several = (line: { product: string; doseNumber: number }) =>
    supply.filter((row) => lineKey(row) === lineKey(line)).length > 1;
  const packs =
    known.length === 0
      ? []
      : supply.flatMap((line) => {
          if (several(line)) return [`supply ${poolKey(line)} has two pack sizes, which hubs cannot share by the vial`];
          if (line.vialDoses === undefined) return []; // nobody shares it
          return line.packDoses % line.vialDoses === 0 ? [] : [`supply ${poolKey(line)} has packs that are not whole vials`];
        });
  return [...apart, ...packs];
};
