import type { Route } from '../../shared/contracts/route.ts';

export const routes: readonly Route[] = [];
