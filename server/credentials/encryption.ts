import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Credential } from '@plumbline/contracts';
import { ProblemError } from '@plumbline/contracts';

export type EncryptedCredential = Exclude<Credential, string>;

/** A key for passwords at rest. `key_id` names it without giving it away, so that a wrong one can be told apart. */
export interface EncryptionKey {
  readonly key_id: string;
  readonly bytes: Buffer;
}

const key_bytes = 32;
const iv_bytes = 12;
const tag_bytes = 16;

/** Reads 32 bytes written as base64 or hex. @throws ProblemError when it is anything else. */
export function parseKey(text: string, field: string): EncryptionKey {
  const trimmed = text.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64');
  if (bytes.length !== key_bytes) {
    const mend = 'Make one with: openssl rand -base64 32';
    throw new ProblemError([{ where: 'credentials', field, message: `is not a key of ${key_bytes} bytes`, mend }]);
  }
  return { key_id: keyId(bytes), bytes };
}

const keyId = (bytes: Buffer): string =>
  createHash('sha256').update('plumbline key id').update(bytes).digest('hex').slice(0, 8);

/** AES-256-GCM, bound to `owner`: a record copied under another instance's name does not decrypt. */
export function encrypt(secret: string, owner: string, key: EncryptionKey): EncryptedCredential {
  const iv = randomBytes(iv_bytes);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv);
  cipher.setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return { encrypted: Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64'), key_id: key.key_id };
}

/** @throws ProblemError that names the key id the record was made with and the one there is. */
export function decrypt(credential: EncryptedCredential, owner: string, key: EncryptionKey | undefined): string {
  if (key?.key_id !== credential.key_id) throw wrongKey(credential.key_id, owner, key);
  const bytes = Buffer.from(credential.encrypted, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, iv_bytes));
    decipher.setAAD(Buffer.from(owner));
    decipher.setAuthTag(bytes.subarray(iv_bytes, iv_bytes + tag_bytes));
    return decipher.update(bytes.subarray(iv_bytes + tag_bytes), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    throw new ProblemError([
      {
        where: 'instances.json',
        field: `${owner}.credential`,
        message: `was encrypted with key ${credential.key_id} but does not decrypt: the record was changed`,
        mend: `Give the password again: plumbline instances edit ${owner} --password-stdin`,
      },
    ]);
  }
}

const wrongKey = (needed: string, owner: string, key: EncryptionKey | undefined): ProblemError =>
  new ProblemError([
    {
      where: 'instances.json',
      field: `${owner}.credential`,
      message:
        key === undefined
          ? `is encrypted with key ${needed}, and no key is set`
          : `is encrypted with key ${needed}, but the key set is ${key.key_id}`,
      mend: `Set PLUMBLINE_KEY (or credentials.key) to key ${needed}, or remove the instance and add it again.`,
    },
  ]);
