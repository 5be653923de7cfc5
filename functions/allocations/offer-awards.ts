import { awardIdOf, type AwardItem } from '../../shared/published/award.ts';
import { namesIn } from './domain/words/words.ts';
import { ownDoses } from './domain/own-doses.ts';
import { lineKey, type RunInputs } from './domain/inputs.ts';
import { fixedKey } from './gather-inputs.ts';
import { promisedStates } from './promised.ts';
import type { RunAward, RunItem } from './schemas-run-items.ts';
import type { FigureStore } from './store-figures.ts';
import { offerOf, vialOfferOf } from './stored-award.ts';

const keyOf = (siteId: string, { ndc: product, doseNumber, packDoses }: Pick<RunAward, 'ndc' | 'doseNumber' | 'packDoses'>): string =>
  fixedKey(siteId, { product, doseNumber, packDoses });
const idOf = ({ week, runId }: RunItem, { ndc, doseNumber, packDoses }: RunAward): string => awardIdOf({ week, ndc, doseNumber, packDoses, runId });

/** The hub that an award's doses come from by the vial. */
const hubOf = ({ explanation }: RunAward): string | undefined => {
  const line = explanation.find(({ kind }) => kind === 'from-hub');
  return typeof line?.['hub'] === 'string' ? line['hub'] : undefined;
};

/** What earlier runs of the week have promised: by site and pool packs, and doses by the vial; by site, product and dose number all doses. */
const promisesIn = ({ sites }: RunInputs) => {
  const rows = sites.flatMap(({ siteId, lines }) => lines.map((line) => ({ siteId, ...line })));
  const packs = new Map(
    rows.flatMap(({ siteId, fixed, ...line }) => fixed.map((row) => [fixedKey(siteId, { ...line, packDoses: row.packDoses }), row.packs] as const)),
  );
  const vials = new Map(
    rows.flatMap(({ siteId, vials: own = [], ...line }) =>
      own.map((row) => [fixedKey(siteId, { ...line, packDoses: row.packDoses }), row.doses] as const),
    ),
  );
  const held = new Map(
    rows.map(({ siteId, fixed, vials: own = [], ...line }) => [
      `${siteId}#${lineKey(line)}`,
      fixed.reduce((sum, row) => sum + row.packs * row.packDoses, 0) + own.reduce((sum, row) => sum + row.doses, 0),
    ] as const),
  );
  return { packs, vials, held };
};

/** Awards of a hub that promise it packs of a pool, from earlier runs of the week. */
const makePromisingAwards =
  (figures: Pick<FigureStore, 'awardsBetween'>, { week }: RunItem) =>
  async (hub: string, { ndc, doseNumber, packDoses }: RunAward): Promise<string[]> =>
    (await figures.awardsBetween(hub, week, week))
      .filter(
        (award) =>
          promisedStates.includes(award.state) &&
          award.byVial === undefined &&
          award.ndc === ndc &&
          award.doseNumber === doseNumber &&
          award.packDoses === packDoses,
      )
      .map(({ awardId }) => awardId);

/**
 * What a run offers beyond what earlier runs of the week have promised: whole packs that are new, and to sites that share by the vial
 * the doses that are. A hub's offer names for whom else its packs are; theirs, which of its awards they come out of.
 */
export const makeOffers =
  (figures: Pick<FigureStore, 'awardsBetween'>) =>
  async (run: RunItem, awards: readonly RunAward[], inputs: RunInputs): Promise<AwardItem[]> => {
    const promised = promisesIn(inputs);
    const nameOf = namesIn(inputs);
    const vialDoses = new Map(inputs.supply.map(({ product: ndc, vialDoses: doses = 1, ...line }) => [keyOf('', { ndc, ...line }), doses]));
    const promisingAwards = makePromisingAwards(figures, run);
    const members = Map.groupBy(awards.filter((award) => hubOf(award) !== undefined), (award) => keyOf(hubOf(award) ?? '', award));
    const all = new Map(awards.map((award) => [keyOf(award.siteId, award), award]));
    const newPacks = (siteId: string, award: RunAward): number =>
      (all.get(keyOf(siteId, award))?.packs ?? 0) - (promised.packs.get(keyOf(siteId, award)) ?? 0);
    const leastOf = (family: readonly RunAward[]): number => family.reduce((sum, award) => sum + ownDoses(award), 0);
    const ofPacks = awards.filter((award) => newPacks(award.siteId, award) > 0).map((award): AwardItem => {
      const fixed = promised.packs.get(keyOf(award.siteId, award)) ?? 0;
      const family = members.get(keyOf(award.siteId, award)) ?? [];
      const offer = offerOf(award, fixed, run, idOf(run, award));
      if (family.length === 0) return offer;
      const rows = family.map((one) => ({ siteId: one.siteId, name: nameOf(one.siteId), doses: ownDoses(one) }));
      return { ...offer, members: rows, leastDoses: Math.max(0, leastOf(family) - fixed * award.packDoses) };
    });
    const ofVials = await Promise.all([...members.values()].map(async (family) => {
      const [first] = family;
      const hub = first === undefined ? undefined : hubOf(first);
      if (first === undefined || hub === undefined) return [];
      const outOf = [...(await promisingAwards(hub, first)), ...(newPacks(hub, first) > 0 ? [idOf(run, first)] : [])];
      const byVial = { hub, hubName: nameOf(hub), vialDoses: vialDoses.get(keyOf('', first)) ?? 1, outOf, leastDoses: leastOf(family) };
      return family.flatMap((award) => {
        const doses = ownDoses(award) - (promised.vials.get(keyOf(award.siteId, award)) ?? 0);
        return doses > 0 ? [vialOfferOf(award, doses, byVial, run, idOf(run, award))] : [];
      });
    }));
    return [...ofPacks, ...ofVials.flat()].map((offer) => {
      const heldDoses = promised.held.get(`${offer.siteId}#${lineKey({ product: offer.ndc, doseNumber: offer.doseNumber })}`) ?? 0;
      return heldDoses === 0 ? offer : { ...offer, heldDoses };
    });
  };
