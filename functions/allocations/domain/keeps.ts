/** Which promises a run keeps: everything that sites accepted, or, when supply was cut below that, what they ordered. */
export const keeps = ['accepted', 'ordered'] as const;
export type Keep = (typeof keeps)[number];
