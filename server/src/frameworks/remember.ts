/**
 * Answers that are asked for again: every adapter looks at a document when it votes and once more when it reads, and many ask
 * the same question. An answer is kept as long as what it is about, and may be forgotten at any time.
 */

/** The same function, which answers once about each object. The answer must not be changed by those who get it. */
export function remember<K extends object, T>(find: (about: K) => T): (about: K) => T {
  const known = new WeakMap<K, { readonly answer: T }>();
  return (about) => {
    const before = known.get(about);
    if (before !== undefined) return before.answer;
    const answer = find(about);
    known.set(about, { answer });
    return answer;
  };
}

/** The same for several questions about an object; answers are no `undefined`. */
export function rememberEach<K extends object, Q, T extends object>(find: (about: K, question: Q) => T): (about: K, question: Q) => T {
  const answersOf = remember((_about: K) => new Map<Q, T>());
  return (about, question) => {
    const answers = answersOf(about);
    const before = answers.get(question);
    if (before !== undefined) return before;
    const answer = find(about, question);
    answers.set(question, answer);
    return answer;
  };
}
