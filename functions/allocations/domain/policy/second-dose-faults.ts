import type { Policy } from './policy.ts';

/** Whether packs that a policy sets aside for second doses are served by one of its stages: else they would lie, or go to anybody. */
export const servesSecondDoses = ({ secondDoses, stages }: Policy): boolean =>
  secondDoses === undefined ||
  secondDoses === 'release' ||
  stages.some((stage) => stage.kind === 'second-doses' && stage.doseNumbers?.includes(2) !== false);
