import { defineMachine } from '../../../shared/kernel/transitions.ts';
import { enrollmentStates } from '../../../shared/published/site.ts';

/** An organization (Section A) and a site (Section B) go the same way. */
export const enrollmentMachine = defineMachine({
  name: 'enrollment',
  states: enrollmentStates,
  initial: 'draft',
  moves: {
    submit: { from: ['draft', 'returned'], to: 'submitted' },
    'take-in-review': { from: ['submitted'], to: 'in-review' },
    return: { from: ['submitted', 'in-review'], to: 'returned' },
    approve: { from: ['in-review'], to: 'approved' },
    reject: { from: ['submitted', 'in-review'], to: 'rejected' },
    activate: { from: ['approved'], to: 'active' },
    suspend: { from: ['active'], to: 'suspended' },
    resume: { from: ['suspended'], to: 'active' },
    close: { from: ['approved', 'active', 'suspended'], to: 'closed' },
  },
});
export type EnrollmentMove = keyof typeof enrollmentMachine.moves;

/** What DPH decides; `submit` is the provider's own move. */
export const reviewMoves = ['take-in-review', 'return', 'approve', 'reject', 'activate', 'suspend', 'resume', 'close'] as const;

/** States in which the provider may still edit what it sent. */
export const editableStates = ['draft', 'returned'] as const;

/** An EHR's way to real-time reporting. DPH decides each step. */
export const interfaceMachine = defineMachine({
  name: 'EHR interface',
  states: ['registered', 'testing', 'validation', 'production', 'suspended'],
  initial: 'registered',
  moves: {
    'start-testing': { from: ['registered'], to: 'testing' },
    'start-validation': { from: ['testing'], to: 'validation' },
    'go-live': { from: ['validation'], to: 'production' },
    'send-back': { from: ['validation', 'production'], to: 'testing' },
    suspend: { from: ['testing', 'validation', 'production'], to: 'suspended' },
    resume: { from: ['suspended'], to: 'testing' },
  },
});
export type InterfaceMove = keyof typeof interfaceMachine.moves;
export const interfaceMoves = Object.keys(interfaceMachine.moves) as [InterfaceMove, ...InterfaceMove[]];
