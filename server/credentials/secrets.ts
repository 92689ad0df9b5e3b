/**
 * The secrets this process has seen. Nothing should ever log one; if something does, the log writes [secret] in its
 * place. Short ones are left out: replacing every "a" would hide the log, and they are refused as tokens anyway.
 */
export interface Secrets {
  remember(secret: string): void;
  /** The text with every remembered secret, plain or as JSON or URL writes it, replaced. */
  scrub(text: string): string;
}

const shortest = 6;

export function createSecrets(): Secrets {
  const known = new Set<string>();
  return {
    remember(secret) {
      if (secret.length < shortest) return;
      for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) known.add(form);
      known.add(Buffer.from(secret).toString('base64'));
    },
    scrub(text) {
      let scrubbed = text;
      for (const secret of known) if (scrubbed.includes(secret)) scrubbed = scrubbed.replaceAll(secret, '[secret]');
      return scrubbed;
    },
  };
}
