/** Nothing is built here yet: every event stays where it is. */
export const handler = (): Promise<never> => Promise.reject(new Error('not built yet'));
