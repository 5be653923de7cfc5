/** A legal move of a state machine: the states it may start from and the state it ends in. */
export interface Move<S extends string> {
  readonly from: readonly S[];
  readonly to: S;
}

/** A state machine as data: every state, the first one, and the moves by name. */
export interface Machine<S extends string, M extends string> {
  readonly name: string;
  readonly states: readonly S[];
  readonly initial: S;
  readonly moves: Readonly<Record<M, Move<S>>>;
}

/** Declares a machine. Throws at load when a move names no state, or a state cannot be reached from the initial one. */
export const defineMachine = <const S extends string, const M extends string>(machine: Machine<S, M>): Machine<S, M> => {
  const reached = new Set<S>([machine.initial]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const move of Object.values<Move<S>>(machine.moves))
      if (!reached.has(move.to) && move.from.some((state) => reached.has(state))) {
        reached.add(move.to);
        grew = true;
      }
  }
  const unreachable = machine.states.filter((state) => !reached.has(state));
  if (unreachable.length > 0) throw new Error(`${machine.name}: no move reaches ${unreachable.join(', ')}`);
  return machine;
};

export type MoveOutcome<S extends string> = { kind: 'moved'; to: S } | { kind: 'illegal-move'; from: S; legalFrom: readonly S[] };

/** What a move does to a state. Pure; the store repeats `legalFrom` as the condition of its write. */
export const decideMove = <S extends string, M extends string>(machine: Machine<S, M>, move: M, from: S): MoveOutcome<S> => {
  const { from: legalFrom, to } = machine.moves[move];
  return legalFrom.includes(from) ? { kind: 'moved', to } : { kind: 'illegal-move', from, legalFrom };
};

/** The moves that are legal from a state, for pages and answers that say what can be done next. */
export const movesFrom = <S extends string, M extends string>(machine: Machine<S, M>, from: S): M[] =>
  (Object.keys(machine.moves) as M[]).filter((move) => machine.moves[move].from.includes(from));
