/** Lists of all that waits for a person, the oldest first: in gsi1 as long as it is open, and only then. */
export const openLists = { doseReviews: 'OPEN#DOSEREVIEWS', reviews: 'OPEN#REVIEWS' } as const;
/** What waits for the people of one site, or of one organization. */
export const openWorklist = (owner: string): `OPEN#WORKLIST#${string}` => `OPEN#WORKLIST#${owner}`;
export type OpenList = (typeof openLists)[keyof typeof openLists] | ReturnType<typeof openWorklist>;

/** The item as it is stored: in the list while it waits, out of it when it was decided. */
export const listedWhileOpen = <T extends { readonly pk: string; readonly sk: string; readonly openedAt: string }>(
  item: T,
  list: OpenList,
  isOpen: boolean,
): T => (isOpen ? { ...item, gsi1pk: list, gsi1sk: `${item.openedAt}#${item.pk}#${item.sk}` } : item);
