import type { Route } from '../shared/contracts/route.ts';
import { routes as allocations } from '../functions/allocations/routes.ts';
import { routes as documentation } from '../functions/documentation/routes.ts';
import { routes as doses } from '../functions/doses/routes.ts';
import { routes as enrollment } from '../functions/enrollment/routes.ts';
import { routes as inventory } from '../functions/inventory/routes.ts';
import { routes as orders } from '../functions/orders/routes.ts';
import { routes as reports } from '../functions/reports/routes.ts';
import { routes as shipments } from '../functions/shipments/routes.ts';
import type { ApiContext } from './contexts.ts';

type RoutesByContext = Readonly<Record<ApiContext, readonly Route[]>>;

const parameter = /\{([^}]+)\}/g;

/**
 * What API Gateway would refuse, or would silently let the last one win: an id or a method and path used twice, and two names for
 * one path parameter (`/sites/{siteId}` beside `/sites/{id}/orders`).
 * @returns the faults, empty when there are none
 */
export const routeFaults = (byContext: Readonly<Record<string, readonly Route[]>>): string[] => {
  const faults: string[] = [];
  const seen = new Map<string, string>();
  const names = new Map<string, string>();
  for (const [context, routes] of Object.entries(byContext)) {
    for (const route of routes) {
      for (const key of [`id ${route.id}`, `${route.method} ${route.path.replace(parameter, '{}')}`]) {
        const other = seen.get(key);
        if (other !== undefined) faults.push(`${key} is in ${other} and in ${context}`);
        seen.set(key, context);
      }
      for (const match of route.path.matchAll(parameter)) {
        const place = route.path.slice(0, match.index).replace(parameter, '{}');
        const name = names.get(place) ?? match[1] ?? '';
        if (name !== match[1]) faults.push(`${place} is followed by {${name}} and, in ${route.id}, by ${match[0]}`);
        names.set(place, name);
      }
    }
  }
  return faults;
};

const checked = (byContext: RoutesByContext): RoutesByContext => {
  const faults = routeFaults(byContext);
  if (faults.length > 0) throw new Error(`Routes: ${faults.join('; ')}`);
  return byContext;
};

/** Every route of the API by the context whose Lambda answers it. */
export const routesByContext: RoutesByContext = checked({
  enrollment,
  allocations,
  orders,
  shipments,
  inventory,
  doses,
  reports,
  documentation,
});

export const allRoutes: readonly Route[] = Object.values(routesByContext).flat();

/** Routes whose body is an HL7 message, a SOAP envelope or a file: text that the firewall must not judge. */
export const isMessageRoute = (route: Route): boolean => (route.accepts ?? 'application/json') !== 'application/json';
