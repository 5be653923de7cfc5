import { defineMachine } from '../../../shared/kernel/transitions.ts';

/** Where a submission to CDC is. */
export const submissionStates = ['claimed', 'built', 'uploading', 'uploaded', 'processed', 'failed', 'retried'] as const;
export type SubmissionState = (typeof submissionStates)[number];

/** Version 2 knows new events only; updates and deletions wait in the ledger of restatements. */
export const submissionKinds = ['new'] as const;
export type SubmissionKind = (typeof submissionKinds)[number];

/** The life of a submission: the nightly job brings it to `built`. A file is never built again; what failed is sent again as it is. */
export const submissionMachine = defineMachine({
  name: 'submission',
  states: submissionStates,
  initial: 'claimed',
  moves: {
    build: { from: ['claimed'], to: 'built' },
    'start-upload': { from: ['built', 'retried'], to: 'uploading' },
    'finish-upload': { from: ['uploading'], to: 'uploaded' },
    process: { from: ['uploaded'], to: 'processed' },
    fail: { from: ['uploading', 'uploaded'], to: 'failed' },
    retry: { from: ['failed'], to: 'retried' },
  },
});

/** `2021-03-12_new_01`: one per day, kind and sequence. */
export const submissionIdOf = (day: string, kind: SubmissionKind, sequence: number): string => `${day}_${kind}_${String(sequence).padStart(2, '0')}`;
export const submissionIdPattern = /^\d{4}-\d{2}-\d{2}_new_\d{2}$/;
