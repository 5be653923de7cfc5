import { productInWords } from '../../functions/allocations/domain/words/words.ts';

/** What runs read of a site, in a coordinator's words; what is not here is told by its path. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  requestDoses: 'doses asked for, or what stands for them',
  onHandDoses: 'doses on hand',
  inTransitDoses: 'doses on their way',
  storageDoses: 'doses its storage can still hold',
  beyondUseDoses: 'doses it can use before they must be thrown away',
  mostDoses: 'the most it said it takes',
  'byVial.beyondUseDoses': 'doses by the vial it can use in the days they keep',
  throughputDoses: 'doses it gives a week',
  smallestClinicDoses: 'doses of its smallest clinic',
  priorityResidentsPermille: 'of 1,000 residents served, those in priority zips',
  group: 'its group',
  suspended: 'suspended',
};

/** `.lines[80777-0273-10 1].beyondUseDoses` -> `Moderna 18+ (5 mL vial), dose 1: doses it can use ...`. */
export const readInWords = (path: string): string => {
  const [, ndc, doseNumber, ofLine] = /^\.lines\[(\S+) (\d)\]\.(.+)$/.exec(path) ?? [];
  const [, weight] = /^\.weights\.(.+)$/.exec(path) ?? [];
  if (weight !== undefined) return `its weight ${weight}`;
  const field = ofLine ?? path.slice(1);
  const due = /^due\[(\d{4}-\d{2}-\d{2})\]\.doses$/.exec(field)?.[1];
  const words = due === undefined ? FIELD_WORDS[field] : `second doses due in the week of ${due}`;
  if (words === undefined) return path;
  return ndc === undefined ? words : `${productInWords(ndc)}, dose ${doseNumber ?? ''}: ${words}`;
};
