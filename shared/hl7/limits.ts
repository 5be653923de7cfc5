/**
 * What one message may cost (HL7-12). The largest message of the corpus has 18 kB and 35 orders; these leave room for a
 * whole childhood sent at once and still bound every loop.
 */
export type Hl7Limits = {
  readonly messageBytes: number;
  readonly segments: number;
  readonly repetitionsPerField: number;
  readonly ordersPerMessage: number;
  readonly faultsPerMessage: number;
};

export const HL7_LIMITS: Hl7Limits = {
  messageBytes: 1_000_000,
  segments: 5_000,
  repetitionsPerField: 100,
  ordersPerMessage: 300,
  faultsPerMessage: 500,
};
