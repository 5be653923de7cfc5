const compiled = new Map<string, RegExp>();

/** True when a text fits a pattern of IAM: `*` is any run of characters, `?` any one. */
export const fits = (pattern: string, text: string, { ignoreCase = false }: { ignoreCase?: boolean } = {}): boolean => {
  const key = `${ignoreCase ? 'i' : 's'}${pattern}`;
  let expression = compiled.get(key);
  if (expression === undefined) {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
    compiled.set(key, expression);
  }
  return expression.test(text);
};
