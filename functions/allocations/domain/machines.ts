import { defineMachine } from '../../../shared/kernel/transitions.ts';
import { awardStates } from '../../../shared/published/award.ts';

/** A run: drafts are what-ifs, any number; a published run never changes again. */
export const runMachine = defineMachine({
  name: 'allocation run',
  states: ['draft', 'proposed', 'published', 'superseded'],
  initial: 'draft',
  moves: {
    propose: { from: ['draft'], to: 'proposed' },
    publish: { from: ['proposed'], to: 'published' },
    supersede: { from: ['published'], to: 'superseded' },
  },
});
export const runStates = runMachine.states;

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
