import { defineMachine } from '../../../shared/kernel/transitions.ts';
import { awardStates } from '../../../shared/published/award.ts';

/**
 * A run: drafts are what-ifs, any number; a published run never changes again. Drafting and publishing are a worker's: it ends them in a
 * draft or a refusal, in a publication or back where they began.
 */
export const runMachine = defineMachine({
  name: 'allocation run',
  states: ['drafting', 'draft', 'refused', 'proposed', 'publishing', 'published', 'superseded'],
  initial: 'drafting',
  moves: {
    draft: { from: ['drafting'], to: 'draft' },
    refuse: { from: ['drafting'], to: 'refused' },
    propose: { from: ['draft'], to: 'proposed' },
    publish: { from: ['proposed'], to: 'publishing' },
    complete: { from: ['publishing'], to: 'published' },
    'call-off': { from: ['publishing'], to: 'proposed' },
    supersede: { from: ['published'], to: 'superseded' },
  },
});
/** States of a run that was shared out: it has inputs, awards and a summary. */
export const sharedOutStates = [
  'draft',
  'proposed',
  'publishing',
  'published',
  'superseded',
] as const satisfies readonly (typeof runMachine.states)[number][];
/** Moves that a person makes; the others follow from them. */
export const movesOfPeople: readonly string[] = ['propose', 'publish'];

/** An award of a published run, until it is ordered. */
export const awardMachine = defineMachine({
  name: 'award',
  states: awardStates,
  initial: 'offered',
  moves: {
    accept: { from: ['offered'], to: 'accepted' },
    reduce: { from: ['offered'], to: 'reduced' },
    decline: { from: ['offered'], to: 'declined' },
    lapse: { from: ['offered'], to: 'lapsed' },
    order: { from: ['accepted', 'reduced'], to: 'ordered' },
    withdraw: { from: ['accepted', 'reduced'], to: 'withdrawn' },
  },
});
/** Moves that a site makes; the others follow from the week's rule, from orders and from later runs. */
export const movesOfSites: readonly string[] = ['accept', 'reduce', 'decline'];

/** A site's dispute of a figure: an accepted one carries the corrected value, which the next draft uses. */
export const disputeMachine = defineMachine({
  name: 'dispute',
  states: ['open', 'accepted', 'declined', 'withdrawn'],
  initial: 'open',
  moves: {
    accept: { from: ['open'], to: 'accepted' },
    decline: { from: ['open'], to: 'declined' },
    withdraw: { from: ['open'], to: 'withdrawn' },
  },
});
export const disputeStates = disputeMachine.states;

/** A site's request of a week. A run reads those that came in time; `late` ones are kept and told so. */
export const requestStates = ['submitted', 'late', 'withdrawn'] as const;
