/** Why a run is not drafted, or not published. The edge knows which status each is (`say-run.ts`). */
export const refusalReasons = [
  'unknown-policy', 'policy-too-long', 'no-supply', 'not-held', 'index-behind', 'over-promised', 'faults', 'infeasible', 'inputs-changed', 'took-too-long', 'fault',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];
