const poll_ms = 100;

/** The first answer that is neither undefined nor false, asked again and again. Throws what was waited for in vain. */
export async function until<Answer>(
  what: string,
  ask: () => Answer | undefined | false | Promise<Answer | undefined | false>,
  limit_ms = 60_000,
): Promise<Answer> {
  const began_ms = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() - began_ms > limit_ms) throw new Error(`not within ${limit_ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, poll_ms));
  }
}
