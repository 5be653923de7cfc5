import { defineMachine } from '../../../shared/kernel/transitions.ts';
import { shipmentLineStates } from '../../../shared/published/shipment-line.ts';

const coming = ['announced', 'in-transit'] as const;
const suspect = ['damaged', 'quarantined'] as const;

/** A shipment line's way. What the dock counts decides which of the receipts it is; doses under suspicion wait for DPH. */
export const lineMachine = defineMachine({
  name: 'shipment line',
  states: shipmentLineStates,
  initial: 'announced',
  moves: {
    depart: { from: ['announced'], to: 'in-transit' },
    receive: { from: coming, to: 'received' },
    'receive-short': { from: coming, to: 'short' },
    'receive-over': { from: coming, to: 'over' },
    'receive-damaged': { from: coming, to: 'damaged' },
    'receive-warm': { from: coming, to: 'quarantined' },
    lose: { from: coming, to: 'lost' },
    release: { from: suspect, to: 'released' },
    waste: { from: suspect, to: 'wasted' },
  },
});
export type LineMove = keyof typeof lineMachine.moves;

/**
 * An excursion: reported; its unit's positions quarantined account by account; then decided, again account by account. `reported` and
 * `deciding` are the two spans in which it may have stopped half way and goes on when the request is repeated.
 */
export const excursionMachine = defineMachine({
  name: 'excursion',
  states: ['reported', 'quarantined', 'deciding', 'released', 'wasted'],
  initial: 'reported',
  moves: {
    quarantine: { from: ['reported'], to: 'quarantined' },
    decide: { from: ['quarantined'], to: 'deciding' },
    release: { from: ['deciding'], to: 'released' },
    waste: { from: ['deciding'], to: 'wasted' },
  },
});
export const excursionStates = excursionMachine.states as readonly ['reported', 'quarantined', 'deciding', 'released', 'wasted'];
export const decisions = ['release', 'waste'] as const;
export type Decision = (typeof decisions)[number];
