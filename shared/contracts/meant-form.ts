import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type UnionIssue = z.core.$ZodIssueInvalidUnion;

const isOfOtherKind = (issues: readonly Issue[]): boolean => issues.some(({ code, path }) => path.length === 0 && code === 'invalid_type');

/**
 * The faults of what a value was meant to be, of several forms it might have had: the form that takes its kind of value (a text, an object).
 * None where no form or several take it; the caller then has a word for all of them.
 */
export const meantForms = ({ errors }: UnionIssue): readonly (readonly Issue[])[] =>
  errors.filter((issues) => issues.length > 0 && !isOfOtherKind(issues));
