import loadHighs from 'highs';

/**
 * A linear, mixed-integer or convex quadratic programme, solved by HiGHS to a gap of nothing. Figures go in as numbers near one
 * (packs, doses), never as micro-doses, so that the solver's tolerances stay far below the least difference that counts.
 */
const load = loadHighs as unknown as typeof loadHighs.default; // its types are a CommonJS module's, its code is not
const highs = await load();
const { modelStatus, variableType } = highs.constants;

export interface Variable {
  readonly cost?: number;
  /** Adds `square * x^2 / 2`. */
  readonly square?: number;
  readonly low?: number;
  readonly high?: number;
  readonly whole?: boolean;
}
export type Term = readonly [variable: number, coefficient: number];
interface Row {
  readonly terms: readonly Term[];
  readonly low: number;
  readonly high: number;
}

export class Programme {
  readonly #variables: Variable[] = [];
  readonly #rows: Row[] = [];

  variable(variable: Variable): number {
    return this.#variables.push(variable) - 1;
  }

  row(terms: readonly Term[], low: number, high: number): void {
    this.#rows.push({ terms, low, high });
  }

  /** Values of the variables at the optimum, or undefined when there is none because the rows clash. */
  solve(): Float64Array | undefined {
    const [variables, rows] = [this.#variables, this.#rows];
    const column = (pick: (variable: Variable) => number) => Float64Array.from(variables, pick);
    const starts = [0];
    const terms = rows.flatMap((row) => {
      starts.push((starts.at(-1) ?? 0) + row.terms.length);
      return row.terms;
    });
    const squares = variables.flatMap(({ square = 0 }, at) => (square === 0 ? [] : [{ at, square }]));
    const columnStarts = variables.map((_, at) => squares.filter((item) => item.at < at).length);
    const hessian = {
      format: 'triangular',
      dimension: variables.length,
      starts: [...columnStarts, squares.length],
      indices: squares.map((item) => item.at),
      values: squares.map((item) => item.square),
    } as const;
    const model = highs.createModel({
      numCols: variables.length,
      numRows: rows.length,
      colCost: column(({ cost = 0 }) => cost),
      colLower: column(({ low = 0 }) => low),
      colUpper: column(({ high = highs.infinity }) => high),
      rowLower: Float64Array.from(rows, (row) => row.low),
      rowUpper: Float64Array.from(rows, (row) => row.high),
      integrality: variables.map(({ whole }) => (whole ? variableType.integer : variableType.continuous)),
      matrix: {
        format: 'csr',
        numRows: rows.length,
        numCols: variables.length,
        starts,
        indices: terms.map((term) => term[0]),
        values: terms.map((term) => term[1]),
      },
      ...(squares.length > 0 && { hessian }),
    });
    try {
      model.options.set({ output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0 });
      model.run();
      const status = model.getModelStatus();
      if (status === modelStatus.infeasible) return undefined;
      if (status !== modelStatus.optimal) throw new Error(`HiGHS ended with status ${status}`);
      return Float64Array.from(model.getSolution().colValue);
    } finally {
      model.dispose();
    }
  }
}

export const UNBOUNDED = highs.infinity;
