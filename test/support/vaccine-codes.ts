import { readFileSync } from 'node:fs';
import type { VaccineCodes } from '../../functions/doses/domain/vxu-types.ts';
import { sharedPath } from './shared.ts';

const lines = (name: string): string[][] =>
  readFileSync(sharedPath(`codes/cdc-source/${name}`), 'latin1').split(/\r?\n/).filter((line) => line !== '').map((line) => line.split('|').map((cell) => cell.trim()));

const all = (name: string, pattern: RegExp): string[] =>
  [...readFileSync(sharedPath(`codes/cdc-source/${name}`), 'latin1').matchAll(pattern)].map((found) => (found[1] ?? '').trim());

/** CVX, MVX and NDC as CDC publishes them. */
export const loadVaccineCodes = (): VaccineCodes => {
  const cvx = new Set(all('cvx.xml', /<CVXCode>([^<]*)<\/CVXCode>/g));
  const mvx = new Set(all('mvx.xml', /<Name>MVX_CODE<\/Name>\s*<Value>([^<]*)<\/Value>/g));
  const uses = new Map(lines('NDC_Unit_use.txt').map((row) => [row[0], row]));
  const sales = new Map(lines('NDC_Unit_sale.txt').map((row) => [row[0], row]));
  const products = new Map<string, { cvx: string; mvx: string; useNdc: string }>();
  for (const [, saleId, useId, maker = ''] of lines('NDC_Linker.txt')) {
    const use = uses.get(useId);
    const sale = sales.get(saleId);
    const useNdc = use?.[14];
    if (use?.[11] === undefined || useNdc === undefined) continue;
    const product = { cvx: use[11], mvx: maker, useNdc };
    products.set(useNdc, product);
    const saleNdc = sale?.[14];
    if (saleNdc !== undefined) products.set(saleNdc, product);
  }
  return {
    cvx: (code) => (cvx.has(code) ? { code } : undefined),
    ndc: (code) => products.get(code),
    mvx: (code) => (mvx.has(code) ? { code } : undefined),
  };
};
