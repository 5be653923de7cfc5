/** How and where on the body a vaccine is given. Routes are NCIT; HL70162 is what older senders write. */
export const ROUTES = {
  C28161: 'Intramuscular',
  C38299: 'Subcutaneous',
  C38238: 'Intradermal',
  C38284: 'Nasal',
  C38288: 'Oral',
  C38276: 'Intravenous',
  C38676: 'Percutaneous',
  C38305: 'Transdermal',
} as const;
export type Route = keyof typeof ROUTES;

export const HL70162_TO_NCIT: Readonly<Record<string, Route>> = {
  IM: 'C28161', SC: 'C38299', ID: 'C38238', IN: 'C38284', NS: 'C38284', PO: 'C38288', IV: 'C38276', TD: 'C38305',
};

/** HL70163, as the CVRS accepts it. */
export const BODY_SITES = {
  LT: 'Left thigh',
  LA: 'Left arm',
  LD: 'Left deltoid',
  LG: 'Left gluteus medius',
  LVL: 'Left vastus lateralis',
  LLFA: 'Left lower forearm',
  RT: 'Right thigh',
  RA: 'Right arm',
  RD: 'Right deltoid',
  RG: 'Right gluteus medius',
  RVL: 'Right vastus lateralis',
  RLFA: 'Right lower forearm',
} as const;
export type BodySite = keyof typeof BODY_SITES;

/** Met in messages but in no list a vaccine message or the CVRS accepts: taken, and left out of what is sent on. */
export const OTHER_BODY_SITES = { BN: 'Bilateral nares', LN: 'Left nares', RN: 'Right nares', MO: 'Mouth' } as const;

/** The NCIT route of a code in either list; `OTH` and unknown codes give undefined. */
export const routeOf = (code: string): Route | undefined => {
  const upper = code.trim().toUpperCase();
  if (Object.hasOwn(ROUTES, upper)) return upper as Route;
  return Object.hasOwn(HL70162_TO_NCIT, upper) ? HL70162_TO_NCIT[upper] : undefined;
};
export const bodySiteOf = (code: string): BodySite | undefined => {
  const upper = code.trim().toUpperCase();
  return Object.hasOwn(BODY_SITES, upper) ? (upper as BodySite) : undefined;
};
