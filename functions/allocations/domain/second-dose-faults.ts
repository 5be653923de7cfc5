import type { z } from 'zod';
import type { Policy } from './policy.ts';

/** Refuses a rule that sets packs aside for second doses where no stage would serve them: they would lie, or go to anybody. */
export const checkSecondDoses = ({ secondDoses, stages }: Policy, context: z.RefinementCtx): void => {
  if (secondDoses === undefined || secondDoses === 'release') return;
  if (stages.some((stage) => stage.kind === 'second-doses' && stage.doseNumbers?.includes(2) !== false)) return;
  const message = 'packs that secondDoses sets aside are for second doses due: the policy needs a second-doses stage, which serves them';
  context.addIssue({ code: 'custom', path: ['secondDoses'], message });
};
