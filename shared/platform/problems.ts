import type { z } from 'zod';
import { meantForms } from '../contracts/meant-form.ts';
import { plainMessage, valueAt } from '../contracts/plain-message.ts';
import type { Fault, Problem } from '../contracts/problem.ts';

/** A request that cannot be taken, with every fault it has. Thrown only at the edge; use cases return outcomes. */
export class Rejected extends Error {
  override name = 'Rejected';
  readonly status: number;
  readonly slug: string;
  readonly detail: string | undefined;
  readonly errors: readonly Fault[] | undefined;
  constructor(status: number, slug: string, { detail, errors }: { detail?: string; errors?: readonly Fault[] } = {}) {
    super(slug);
    this.status = status;
    this.slug = slug;
    this.detail = detail;
    this.errors = errors;
  }
}

/** Titles of every problem Doseline answers; the slug ends the `type` URI. */
export const problemTitles: Readonly<Record<string, string>> = {
  'not-json': 'The body is not JSON',
  'invalid-request': 'The request has faults',
  'missing-idempotency-key': 'This request creates something and needs an Idempotency-Key',
  'idempotency-key-reused': 'This Idempotency-Key was used before for another request',
  'missing-if-match': 'This request changes something and needs If-Match with the version you read',
  'stale-version': 'It was changed since you read it',
  'illegal-move': 'This is not possible in its present state',
  'not-found': 'There is no such thing, or it is not yours to see',
  forbidden: 'Your role may not do this',
  unauthenticated: 'A valid access token is needed',
  conflict: 'It conflicts with what is already there',
  'too-large': 'The body is too large',
  'try-again': 'Too many writers at once; try again',
  fault: 'Something failed on our side',
};

/** The document that is answered for a rejection, or kept where somebody will ask for it. */
export const problemDocument = (
  { status, slug, detail, errors }: Pick<Rejected, 'status' | 'slug' | 'detail' | 'errors'>,
  correlationId: string,
): Problem => ({
  type: `https://doseline.org/problems/${slug}`,
  title: problemTitles[slug] ?? slug,
  status,
  ...(detail === undefined ? {} : { detail }),
  correlationId,
  ...(errors === undefined ? {} : { errors: [...errors] }),
});

const pathOf = (path: readonly PropertyKey[], root: string): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`), root);

/** Issues with those of the one form a value was meant to have in place of "none of the forms". */
const ofMeantForm = (issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] =>
  issues.flatMap((issue) => {
    const [meant, ...others] = issue.code === 'invalid_union' ? meantForms(issue) : [];
    return meant === undefined || others.length > 0 ? [issue] : ofMeantForm(meant.map((own) => ({ ...own, path: [...issue.path, ...own.path] })));
  });

/** zod issues as faults with their path, in plain words; the value that was sent is never repeated. */
export const faultsOf = (error: z.ZodError, root: string, sent: unknown): Fault[] =>
  ofMeantForm(error.issues).map((issue) => ({
    path: pathOf(issue.path, root),
    message: plainMessage(issue, valueAt(sent, issue.path) === undefined),
  }));
