import { packsInWords, poolName, titleOf, type NameOf } from './words.ts';
import type { Clash } from '../awards/bounds.ts';
import type { Override } from '../inputs.ts';
import type { Policy } from '../policy/policy.ts';

/** Who an override is held against, and in whose words: the names of sites, the titles of groups. */
export interface Told {
  readonly nameOf: NameOf;
  readonly policy: Policy;
}

/** `Elm Clinic (sit_1)`: people know the name, the request has the id. */
const label = (name: string, id: string): string => (name === id ? id : `${name} (${id})`);
export const siteLabel = (siteId: string, { nameOf }: Told): string => label(nameOf(siteId), siteId);
export const groupLabel = (id: string, { policy }: Told): string => label(titleOf(policy, id), id);

/** One bound of an award in packs, and whose it is. */
export interface PackBound {
  readonly side: 'least' | 'most';
  readonly packs: number;
  readonly why: string;
  /** It leaves a site what other sites leave: lowering one of their awards raises it. */
  readonly isShared?: boolean;
}

const boundInWords = ({ side, packs, why }: PackBound, packDoses: number): string =>
  `${side === 'least' ? 'at least' : 'at most'} ${packsInWords(packs, packDoses)}: ${why}`;

/** The whole number of packs within all bounds that is nearest to what was asked; undefined when they leave none. */
export const nearestOf = (asked: number, bounds: readonly PackBound[]): number | undefined => {
  const least = bounds.reduce((packs, bound) => (bound.side === 'least' ? Math.max(packs, bound.packs) : packs), 0);
  const most = bounds.reduce((packs, bound) => (bound.side === 'most' ? Math.min(packs, bound.packs) : packs), Number.MAX_SAFE_INTEGER);
  return least > most ? undefined : Math.min(Math.max(asked, least), most);
};

export const askedInWords = (override: Override, told: Told): string =>
  `override of ${siteLabel(override.siteId, told)}: ${packsInWords(override.packs, override.packDoses)} asked for, of ${poolName(override)}`;

/** What can be done where other sites have the packs. */
export const lowerAnother = '; for more, lower the award of another site in the same request';
const isBoundByOthers = (nearest: number, asked: number, bounds: readonly PackBound[]): boolean =>
  asked > nearest && bounds.every(({ side, packs, isShared }) => side === 'least' || packs > nearest || isShared === true);

/** An override that a bound of its site forbids: what was asked, every bound with its number, and the nearest that all of them allow. */
export const refusedOverride = (override: Override, bounds: readonly PackBound[], told: Told): Clash => {
  const nearest = nearestOf(override.packs, bounds);
  const more = nearest !== undefined && isBoundByOthers(nearest, override.packs, bounds) ? lowerAnother : '';
  return {
    overrides: [override],
    node: siteLabel(override.siteId, told),
    rules: [askedInWords(override, told), ...bounds.map((bound) => boundInWords(bound, override.packDoses))],
    advice:
      nearest === undefined
        ? 'no number of packs is within all of them: change another override, or the policy'
        : `the nearest allowed is ${packsInWords(nearest, override.packDoses)}${more}`,
  };
};

/** A site that gets its doses by the vial has no packs a person could set: its hub's are set, and shared again. */
export const givenByHub = (override: Override, hub: string, told: Told): Clash => ({
  overrides: [override],
  node: siteLabel(override.siteId, told),
  rules: [
    askedInWords(override, told),
    `it expects under a pack and gets its doses by the vial, out of the packs of its hub, ${siteLabel(hub, told)}`,
  ],
  advice: `set the award of ${siteLabel(hub, told)}: its packs are shared again by the vial; or leave the site out of the hub, and draft again`,
});

export const unknownToPool = (override: Override, told: Told): Clash => ({
  overrides: [override],
  node: siteLabel(override.siteId, told),
  rules: [askedInWords(override, told), 'it has no request for this product and dose number, and none stands in for it'],
  advice: 'the nearest allowed is none: record a request of the site first, and draft again',
});
