/** What a pool is of, and what a line of a site is of, as one text. */
export const poolKey = (pool: { product: string; doseNumber: number; packDoses: number }): string =>
  `${pool.product}#${pool.doseNumber}#${pool.packDoses}`;
export const lineKey = (line: { product: string; doseNumber: number }): string => `${line.product}#${line.doseNumber}`;
