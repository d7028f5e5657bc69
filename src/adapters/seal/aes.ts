import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Json } from '../../core/kernel/json.ts';
import type { Seal } from '../../core/ports/seal.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** AES-256-GCM under a key that is derived from `key`, which must be as hard to guess as 128 random bits. */
export function aesSeal(key: Uint8Array | string): Seal {
  const secret = new Uint8Array(hkdfSync('sha256', key, '', 'tutti/seal', KEY_BYTES));
  return {
    seal(value, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, secret, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context, 'utf8'));
      const parts = [nonce, cipher.update(JSON.stringify(value), 'utf8'), cipher.final()];
      return Buffer.concat([...parts, cipher.getAuthTag()]).toString('base64url');
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url');
      // Other spellings of the same bytes would let one seal pass for several.
      if (bytes.byteLength < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed)
        return undefined;
      const tagAt = bytes.byteLength - TAG_BYTES;
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, secret, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(context, 'utf8'));
      decipher.setAuthTag(bytes.subarray(tagAt));
      try {
        const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
        return JSON.parse(text.toString('utf8')) as Json;
      } catch {
        return undefined;
      }
    },
  };
}
