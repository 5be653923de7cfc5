import { z } from 'zod';
import { column, optionalColumn, type RowOf } from '../../shared/contracts/table-columns.ts';
import type { OrderLineMove } from './domain/machine.ts';
import { lineOfReference } from './order-file-profile.ts';

/** The supplier's words for its answers, and what each does to a line. */
export const answerMoves = {
  ACCEPTED: 'accept',
  REJECTED: 'reject',
  BACKORDERED: 'backorder',
  CANCELLED: 'supplier-cancel',
} as const satisfies Record<string, OrderLineMove>;
type AnswerWord = keyof typeof answerMoves;

const reference = z.string().transform((text, context) => {
  const named = lineOfReference(text);
  if (named !== undefined) return named;
  context.addIssue({ code: 'custom', message: 'must be the ORDER_REFERENCE of our order file' });
  return z.NEVER;
});

const answer = z
  .string()
  .toUpperCase()
  .pipe(z.enum(Object.keys(answerMoves) as [AnswerWord, ...AnswerWord[]], `must be one of ${Object.keys(answerMoves).join(', ')}`));

/** Layout of the supplier's answers; ExIS does not publish one, so the headers are a mapped profile like those of the order file. */
export const responseProfile = {
  reference: column('ORDER_REFERENCE', reference),
  answer: column('STATUS', answer),
  orderNumber: optionalColumn('ORDER_NUMBER', z.string().regex(/^[A-Za-z0-9]{1,20}$/, 'must be an order number of at most 20 letters and digits')),
  orderLineNumber: optionalColumn('ORDER_LINE_NUMBER', z.string().regex(/^\d{1,6}$/, 'must be an order line number, such as 000010')),
  reason: optionalColumn('REASON', z.string().max(200, 'must have at most 200 characters')),
};
export type ResponseRow = RowOf<typeof responseProfile>;
