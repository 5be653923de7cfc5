import { z } from 'zod';
import { day, instant } from '../../../../shared/contracts/common.ts';
import type { Resembling } from '../identity.ts';
import { listedWhileOpen, openLists } from '../open-list.ts';
import { decideMove, defineMachine } from '../../../../shared/kernel/transitions.ts';

export const reviewMachine = defineMachine({
  name: 'review',
  states: ['open', 'later', 'same', 'different'],
  initial: 'open',
  moves: {
    same: { from: ['open', 'later'], to: 'same' },
    different: { from: ['open', 'later'], to: 'different' },
    later: { from: ['open', 'later'], to: 'later' },
    /** Takes a decision back: what it linked is put back, what it kept apart may be asked again. */
    reopen: { from: ['same', 'different'], to: 'open' },
  },
});
export const reviewDecisions = ['same', 'different', 'later', 'reopen'] as const;
export type ReviewDecision = (typeof reviewDecisions)[number];
export const moveReview = (decision: ReviewDecision, state: ReviewItem['state']) => decideMove(reviewMachine, decision, state);

/** A record and persons it may belong to, for somebody to decide. Ids only. An item that was never decided has no version yet: it is 1. */
export const reviewItem = z.object({
  pk: z.string(),
  sk: z.string(),
  type: z.literal('review'),
  schema: z.literal(1),
  version: z.int().min(1).default(1),
  state: z.enum(reviewMachine.states).default('open'),
  why: z.string(),
  recordId: z.string(),
  /** The record's own person when the question arose. */
  personId: z.string(),
  candidates: z.array(z.string()),
  /** How the record compared with each candidate when the question arose: fields, levels and bits, no values. */
  scores: z
    .array(z.object({
      personId: z.string(), recordId: z.string(), answer: z.enum(['match', 'possible', 'none']), score: z.int(),
      lines: z.array(z.object({ field: z.string(), level: z.string(), bits: z.int() })), guards: z.array(z.string()),
    }))
    .optional(),
  openedOn: day,
  openedAt: instant,
  /** The latest decision: who, when, and what it did. */
  decidedAt: instant.optional(),
  decidedBy: z.string().optional(),
  relinkId: z.string().optional(),
  /** Pairs of persons that were decided to be two people. */
  apart: z.array(z.tuple([z.string(), z.string()])).optional(),
});
export type ReviewItem = z.infer<typeof reviewItem>;

/** As it is stored: put off is not decided. */
export const listedReview = (item: ReviewItem): ReviewItem =>
  listedWhileOpen(item, openLists.reviews, item.state === 'open' || item.state === 'later');

/** A resemblance as a review keeps it. */
export const scoreOf = ({ personId, recordId, comparison }: Resembling): NonNullable<ReviewItem['scores']>[number] => ({
  personId,
  recordId,
  answer: comparison.answer,
  score: comparison.score,
  lines: comparison.lines.map((line) => ({ ...line })),
  guards: [...comparison.guards],
});
export const reviewPartition = (openedOn: string): string => `REVIEW#${openedOn}`;

type ItemKey = { pk: string; sk: string };
const idPattern = /^rev_(\d{4}-\d{2}-\d{2})_([0-9a-z]{26}(?:-[0-9a-z]{1,30})?)$/;

/** Where a question about a record lies. `of` tells several of one record and day apart: the record's version, or the decision it came from. */
export const reviewKey = (openedOn: string, recordId: string, of: string): ItemKey => ({ pk: reviewPartition(openedOn), sk: `${recordId}-${of}` });
export const reviewIdOf = ({ pk, sk }: ItemKey): string => `rev_${pk.slice(reviewPartition('').length)}_${sk.slice('rec_'.length)}`;
/** The key of a review; undefined for what is no such id. */
export const reviewKeyOf = (reviewId: string): ItemKey | undefined => {
  const [, openedOn, rest] = idPattern.exec(reviewId) ?? [];
  return openedOn === undefined || rest === undefined ? undefined : { pk: reviewPartition(openedOn), sk: `rec_${rest}` };
};
