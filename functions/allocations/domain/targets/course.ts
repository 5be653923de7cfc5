import type { Pool } from '../pool.ts';
import type { GroupRange } from '../tree.ts';

/** What a course starts from besides its pool. */
export interface Start {
  /** Each group's minimum, in micro-doses. */
  readonly floors: ReadonlyMap<GroupRange, number>;
  /** Old debt by site: of equally urgent second doses, whose come first. */
  readonly brought: Float64Array;
  /** By stage, what those who stand aside with what they were promised had of its share. */
  readonly promised: ReadonlyMap<string, number>;
}

/** The pool while its stages run: what each site has so far, and its ceiling, in micro-doses. */
export interface Course {
  readonly pool: Pool;
  readonly has: Float64Array;
  readonly ceiling: Float64Array;
  readonly groups: readonly GroupRange[];
  readonly start: Start;
}
