import { lineKey, poolKey } from '../line-keys.ts';
import type { RunInputs } from '../inputs.ts';
import type { Hub, Policy } from '../policy/policy.ts';
import { meantName } from '../../../../shared/kernel/slips.ts';

/** What keeps a run from leaving doses where they were promised by the vial this week. */
const promiseFaults = ({ sites, supply }: Pick<RunInputs, 'sites' | 'supply'>, policy: Policy): string[] => {
  const bySite = new Map(sites.map((site) => [site.siteId, site]));
  const given = new Map<string, number>();
  const isJoint = (policy.minimums ?? []).length > 0;
  return sites.flatMap((site) =>
    site.lines.flatMap((line) =>
      (line.vials ?? []).flatMap(({ hub, packDoses, doses }) => {
        const pool = poolKey({ ...line, packDoses });
        const said = `site ${site.siteId}: ${doses} doses of ${pool} are promised to it by the vial from hub ${hub}`;
        const packs = supply.filter((row) => lineKey(row) === lineKey(line));
        const own = packs.find((row) => row.packDoses === packDoses);
        const held = bySite.get(hub)?.lines.find((row) => lineKey(row) === lineKey(line))?.fixed.find((row) => row.packDoses === packDoses);
        const before = given.get(`${hub} ${pool}`) ?? 0;
        given.set(`${hub} ${pool}`, before + doses);
        if (isJoint || packs.length > 1) return [`${said}, which a policy of all-or-nothing minimums or of several pack sizes cannot keep`];
        if (own?.vialDoses === undefined || doses % own.vialDoses !== 0) return [`${said}, which are not whole vials of its supply`];
        if (bySite.get(hub)?.group !== site.group) return [`${said}, which is in another group`];
        if (before + doses > (held?.packs ?? 0) * packDoses) return [`${said}, which was promised too few packs for them`];
        // One that takes packs has no part in a hub's, and one that has a part takes none.
        if (line.fixed.some((row) => row.packDoses === packDoses && row.packs > 0)) return [`${said}, and packs of its own: it is one or the other`];
        return [];
      }),
    ),
  );
};

/** How many sites are named before the rest is counted. */
const mostNamed = 5;
const named = (sites: readonly string[]): string =>
  [...sites.slice(0, mostNamed), ...(sites.length > mostNamed ? [`${sites.length - mostNamed} more`] : [])].join(', ');

/**
 * What a reader of a run is told of its hubs that can bring nothing: sites that the run knows nothing of (mistyped, or without a standing),
 * and chains, where a hub is to share another's packs itself. `hubs`: the policy's, or those of standings.
 */
export const strangeHubs = (hubs: readonly Hub[], known: readonly string[]): string[] => {
  const sites = new Set(known);
  const meant = (site: string): string => {
    const near = meantName(site, known);
    return near === undefined ? site : `${site} (is ${near} meant?)`;
  };
  const membersOf = new Map(hubs.map(({ hub, members }) => [hub, members]));
  return hubs.flatMap(({ hub, members }) => {
    const strangers = members.filter((member) => !sites.has(member));
    const chained = members.filter((member) => membersOf.has(member));
    return [
      ...(sites.has(hub)
        ? []
        : [`Hub ${meant(hub)} is no site that this run knows: ${named(members)} ${members.length === 1 ? 'gets' : 'get'} nothing by the vial.`]),
      ...(strangers.length === 0 ? [] : [`Hub ${hub} is to share with ${named(strangers.map(meant))}, which this run does not know.`]),
      ...chained.map(
        (member) =>
          `${member} shares packs of ${hub} and is a hub itself, of ${named(membersOf.get(member) ?? [])}: in one week it is one or the other.`,
      ),
    ];
  });
};

/** Inputs that a policy's hubs cannot share: a hub and its sites in two groups, packs of two sizes, packs that are not whole vials. */
export const hubFaults = ({ sites, supply }: Pick<RunInputs, 'sites' | 'supply'>, policy: Policy): string[] => {
  const promised = promiseFaults({ sites, supply }, policy);
  if (!policy.hubs) return promised;
  const groupOf = new Map(sites.map((site) => [site.siteId, site.group]));
  const apart = policy.hubs.flatMap(({ hub, members }) => {
    const strangers = members.filter(
      (member) => groupOf.has(member) && groupOf.has(hub) && groupOf.get(member) !== groupOf.get(hub),
    );
    return strangers.map((member) => `site ${member} shares with hub ${hub} but is in another group`);
  });
  const isMixed = policy.declares.some(({ rule }) => rule === 'mixed-packs');
  const known = policy.hubs.filter(({ hub, members }) => groupOf.has(hub) && members.some((member) => groupOf.has(member)));
  const several = (line: { product: string; doseNumber: number }) =>
    supply.filter((row) => lineKey(row) === lineKey(line)).length > 1;
  const packs =
    known.length === 0
      ? []
      : supply.flatMap((line) => {
          // Where sizes are not declared to be mixed, the inputs' own fault tells of them.
          if (several(line)) return isMixed ? [`supply ${poolKey(line)} has two pack sizes, which hubs cannot share by the vial`] : [];
          if (line.vialDoses === undefined) return []; // nobody shares it
          return line.packDoses % line.vialDoses === 0 ? [] : [`supply ${poolKey(line)} has packs that are not whole vials`];
        });
  return [...apart, ...packs, ...promised];
};
