/**
 * What one message may cost (HL7-12). The largest message of the corpus has 18 kB and 35 orders; these leave room for a
 * whole childhood sent at once and still bound every loop.
 */
export type Hl7Limits = {
  readonly messageBytes: number;
  readonly segments: number;
  readonly repetitionsPerField: number;
  readonly ordersPerMessage: number;
  readonly relativesPerMessage: number;
  readonly observationsPerOrder: number;
  /** Warnings and remarks are listed up to here, errors up to `errorsPerMessage`: what is kept of a message stays far below the 400 kB of an item. */
  readonly faultsPerMessage: number;
  readonly errorsPerMessage: number;
};

export const HL7_LIMITS: Hl7Limits = {
  messageBytes: 1_000_000,
  segments: 5_000,
  repetitionsPerField: 25,
  ordersPerMessage: 300,
  relativesPerMessage: 20,
  observationsPerOrder: 100,
  faultsPerMessage: 500,
  errorsPerMessage: 800,
};
