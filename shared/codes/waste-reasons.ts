/** CDC's seven waste reasons. */
export const CDC_WASTE_REASONS = {
  'broken-vial-or-syringe': 'Broken vial or syringe',
  'drawn-not-given': 'Vaccine drawn into syringe but not administered',
  'lost-or-unaccounted': 'Lost or unaccounted for vaccine',
  'open-vial-not-all-given': 'Vaccine in open vial but not all doses administered',
  spoiled: 'Spoiled',
  expired: 'Expired',
  other: 'Other',
} as const;
export type CdcWasteReason = keyof typeof CDC_WASTE_REASONS;

/**
 * What staff choose from. CDC's "Other" swallowed 47.6 % of Pennsylvania's doses, so the reasons are finer here and each maps
 * to CDC's. Past beyond-use is not past expiry: both are kept (Wisconsin reported the former as Other, as we do).
 */
export const WASTE_REASONS = {
  'broken-vial-or-syringe': { name: 'Broken vial or syringe', cdc: 'broken-vial-or-syringe' },
  'drawn-not-given': { name: 'Drawn up but not given', cdc: 'drawn-not-given' },
  'lost-or-unaccounted': { name: 'Lost or unaccounted for', cdc: 'lost-or-unaccounted' },
  'open-vial-not-all-given': { name: 'Open vial, not all doses given', cdc: 'open-vial-not-all-given' },
  'too-warm': { name: 'Spoiled: stored too warm', cdc: 'spoiled' },
  'too-cold': { name: 'Spoiled: frozen or stored too cold', cdc: 'spoiled' },
  'storage-failure': { name: 'Spoiled: power or equipment failure', cdc: 'spoiled' },
  'spoiled-in-transit': { name: 'Spoiled in transit', cdc: 'spoiled' },
  'past-expiry': { name: "Past the lot's expiry date", cdc: 'expired' },
  'past-beyond-use': { name: 'Past beyond-use time, before expiry', cdc: 'other' },
  'dose-not-drawable': { name: 'A labelled dose could not be drawn from the vial', cdc: 'other' },
  'dilution-error': { name: 'Wrong diluent or volume', cdc: 'other' },
  'product-quality': { name: 'Particles, discoloration or manufacturer recall', cdc: 'other' },
  'patient-left': { name: 'Patient left or became ineligible after preparation', cdc: 'drawn-not-given' },
  other: { name: 'Other (say what)', cdc: 'other' },
} as const satisfies Record<string, { name: string; cdc: CdcWasteReason }>;
export type WasteReason = keyof typeof WASTE_REASONS;

export const isWasteReason = (value: string): value is WasteReason => Object.hasOwn(WASTE_REASONS, value);
export const cdcWasteReason = (reason: WasteReason): CdcWasteReason => WASTE_REASONS[reason].cdc;
