import { MICRO } from '../quantity.ts';
import type { ExplanationLine, NoHubReason } from '../allocation.ts';
import type { NameOf } from './words.ts';

/** What is told of sharing by the vial, to the site and to its hub. */

const NO_HUB: { readonly [K in NoHubReason]: (hub: string) => string } = {
  'not-asked': (hub) => `${hub}, its hub, asked for none of these doses this week, so it takes no packs for others.`,
  suspended: (hub) => `${hub}, its hub, is suspended and takes no packs for others.`,
  'no-receiving-day': (hub) => `${hub}, its hub, can take a delivery on no day of the week, so it takes no packs for others.`,
  declined: (hub) => `${hub}, its hub, declined its offer of this week, so it takes no packs for others.`,
  'vials-unknown': (hub) => `${hub}, its hub, cannot share these packs: the doses in their vials are not known.`,
  'no-packs': (hub) => `${hub}, its hub, gets no pack to share with it this week.`,
  'no-vial': (hub) => `No vial of the packs of ${hub}, its hub, falls to it this week.`,
};
const NO_HUB_BRIEF: { readonly [K in NoHubReason]: (hub: string) => string } = {
  'not-asked': (hub) => `expects under a pack, and hub ${hub} asked for none`,
  suspended: (hub) => `expects under a pack, and hub ${hub} is suspended`,
  'no-receiving-day': (hub) => `expects under a pack, and hub ${hub} cannot receive in the week`,
  declined: (hub) => `expects under a pack, and hub ${hub} declined its offer`,
  'vials-unknown': (hub) => `expects under a pack, and hub ${hub} cannot share these packs by the vial`,
  'no-packs': (hub) => `expects under a pack, and hub ${hub} gets none`,
  'no-vial': (hub) => `no vial of hub ${hub} falls to it`,
};

export type HubLine = Extract<ExplanationLine, { kind: 'hub-shares' | 'from-hub' | 'no-hub' }>;

/** A line of an award that tells of its hub, or of those it is the hub of. `doses`: micro-doses in words. */
export const hubLineInWords = (line: HubLine, nameOf: NameOf, doses: (micro: number) => string): string => {
  switch (line.kind) {
    case 'hub-shares':
      return `${doses(line.micro)} more, which it takes for other sites and sends them by transfer, by the vial: ${line.members.map((member) => `${nameOf(member.siteId)} ${doses(member.doses * MICRO)}`).join(', ')}.`;
    case 'from-hub':
      return `${doses(-line.micro)} of this come by transfer from ${nameOf(line.hub)}, its hub, by the vial: there is nothing to order, and the transfer is counted when it comes.`;
    case 'no-hub':
      return NO_HUB[line.why](nameOf(line.hub));
  }
};

export const noHubInBrief = ({ hub, why }: Extract<HubLine, { kind: 'no-hub' }>): string => NO_HUB_BRIEF[why](hub);
