/**
 * The answers to a question that one piece of work asks again and again, each read once. Make a new one for each request or batch: what it
 * read does not grow old with it.
 */
export const once = <K, V>(read: (key: K) => Promise<V>, nameOf: (key: K) => string = String): ((key: K) => Promise<V>) => {
  const asked = new Map<string, Promise<V>>();
  return (key) => {
    const name = nameOf(key);
    const answer = asked.get(name) ?? read(key);
    asked.set(name, answer);
    return answer;
  };
};
