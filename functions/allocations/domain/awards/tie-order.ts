import { createHash } from 'node:crypto';

/** SHA-256 (hex) of the week and a site's or group's id: a lottery ticket that anybody can draw again, new every week. */
export const tieTicket = (week: string, id: string): string => createHash('sha256').update(`${week} ${id}`).digest('hex');

const TICKET_DIGITS = 12; // 48 bits: exact in a number

interface Ticketed<T> {
  readonly item: T;
  readonly first: number;
  readonly ticket: string;
}

/** Orders by ticket, lowest first; never by row. Equal tickets (not seen in practice) fall back to the id. */
export const byTicket = <T>(items: readonly T[], week: string, idOf: (item: T) => string): T[] =>
  items
    .map((item): Ticketed<T> => {
      const ticket = tieTicket(week, idOf(item));
      return { item, ticket, first: Number.parseInt(ticket.slice(0, TICKET_DIGITS), 16) };
    })
    .sort((a, b) => a.first - b.first || (a.ticket + idOf(a.item) < b.ticket + idOf(b.item) ? -1 : 1))
    .map(({ item }) => item);
