import type { Fault } from '../../../shared/hl7/index.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import { doseIdOf } from '../../../shared/published/dose-keys.ts';
import { isCountedOnce } from './as-told.ts';
import type { Stored, StoredKind } from './store-remarks.ts';

/** What became of one vaccination event, in the order in which an answer names it. Kept with the message: a repeat gets the same words. */
const words = {
  added: 'added',
  back: 'taken back in',
  corrected: 'corrected',
  deleted: 'deleted',
  undone: 'taken back in this message',
  known: 'already known',
  gone: 'already deleted',
  once: 'counted once with another report',
  missing: 'not found',
} as const;
export type Done = keyof typeof words;
const isDone = (text: string): text is Done => Object.hasOwn(words, text);

const steps: Readonly<Record<StoredKind, Done>> = {
  recorded: 'added',
  corrected: 'corrected',
  deleted: 'deleted',
  unchanged: 'known',
  'unknown-dose': 'missing',
};

/** A further report of a dose says so only to who sent both: that anybody else told of it is not given away (HL7-98). */
export const doneOf = ({
  kind,
  dose,
  remark,
}: Pick<Stored, 'kind' | 'remark'> & { readonly dose?: Pick<DoseItem, 'state' | 'witnessOf' | 'alone' | 'decrement'> }): Done => {
  if (kind === 'unchanged' && dose?.state === 'deleted') return 'gone';
  return (kind === 'recorded' || kind === 'corrected') && dose !== undefined && isCountedOnce(dose)
    ? 'once'
    : remark === 'taken-back-in'
      ? 'back'
      : steps[kind];
};

/** What was done with each event of a message; one that an earlier event of it added is not deleted but taken back. */
export const allDone = (stored: readonly Stored[]): Done[] => {
  const added = new Set<string>();
  return stored.map((step) => {
    const what = doneOf(step);
    const doseId = step.dose === undefined ? '' : doseIdOf(step.dose);
    if (step.kind === 'recorded') added.add(doseId);
    return what === 'deleted' && added.has(doseId) ? 'undone' : what;
  });
};

/** Up to so many events are named one by one; of more only the counts. */
const mostNamed = 10;

/** One remark that says what was done with each event of a message (HL7-45): added, corrected, deleted … `done` is in the order told. */
export const whatWasDone = (done: readonly { readonly what: string; readonly position: number }[], sent: number): Fault | undefined => {
  if (sent === 0) return { rule: 'HL7-45', code: '0', severity: 'I', text: 'The patient was taken; no vaccination event was sent' };
  const parts = Object.entries(words).flatMap(([what, word]) => {
    const these = done.filter((one) => one.what === what);
    if (these.length === 0) return [];
    return [`${these.length} ${word}${done.length > mostNamed ? '' : ` (RXA ${these.map(({ position }) => position).join(', ')})`}`];
  });
  const taken = done.filter(({ what }) => isDone(what) && what !== 'missing').length;
  // That nothing was found is an error of its own; "accepted" beside it would mislead.
  if (taken === 0) return undefined;
  return { rule: 'HL7-45', code: '0', severity: 'I', text: `${taken} of ${sent} vaccination events taken: ${parts.join(', ')}` };
};
