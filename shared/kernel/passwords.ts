import { scrypt, timingSafeEqual } from 'node:crypto';

/** Costs of scrypt: 16 MB and some 50 ms, which a sender does not feel and a guesser does. They stand in each hash, so they may be raised. */
const costs = { N: 16_384, r: 8, p: 1 } as const;
const hashBytes = 32;

const derive = (password: string, salt: Buffer, { N, r, p }: { N: number; r: number; p: number }): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, hashBytes, { N, r, p }, (error, hash) => { if (error) reject(error); else resolve(hash); });
  });

/** What is stored of a password: `scrypt$N$r$p$salt$hash`. */
export const hashPassword = async (password: string, salt: Uint8Array): Promise<string> => {
  const { N, r, p } = costs;
  const bytes = Buffer.from(salt);
  return ['scrypt', N, r, p, bytes.toString('base64url'), (await derive(password, bytes, costs)).toString('base64url')].join('$');
};

/** Stands in for a user that does not exist, so that the answer takes as long; no password has this hash. */
const nobody = `scrypt$${costs.N}$${costs.r}$${costs.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Whether a password is that of a stored hash. Takes as long when there is no hash to compare with. */
export const isPassword = async (password: string, stored: string | undefined): Promise<boolean> => {
  const [, N, r, p, salt = '', hash = ''] = (stored ?? nobody).split('$');
  const expected = Buffer.from(hash, 'base64url');
  const given = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return stored !== undefined && expected.length === given.length && timingSafeEqual(expected, given);
};
