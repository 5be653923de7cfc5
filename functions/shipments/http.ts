/** Nothing is routed here yet. */
export const handler = (): Promise<{ statusCode: number; body: string }> => Promise.resolve({ statusCode: 404, body: '' });
