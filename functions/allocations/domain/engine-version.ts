/** Changes whenever the same inputs and policy could give other bytes. Stored with every run; replay insists on it. */
export const engineVersion = '1.10.0';
