const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Int8Array(128).fill(-1);
for (let at = 0; at < ALPHABET.length; at++) VALUES[ALPHABET.charCodeAt(at)] = at;
VALUES[0x2d] = 62;
VALUES[0x5f] = 63;

const decoder = new TextDecoder();

export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Either alphabet, padded or not; stops at the first character that belongs to neither. */
export function decodeBase64(text: string): string {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let length = 0;
  let bits = 0;
  let held = 0;
  for (let at = 0; at < text.length; at++) {
    const value = VALUES[text.charCodeAt(at)] ?? -1;
    if (value < 0) break;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (held >> bits) & 0xff;
    }
  }
  return decodeText(bytes.subarray(0, length));
}

/** An odd last digit is left out. */
export function decodeHex(text: string): string {
  const bytes = new Uint8Array(Math.floor(text.length / 2));
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return decodeText(bytes);
}

/** Whether decoded bytes are text that somebody wrote, not the random characters that any bytes give. */
export function isReadable(text: string): boolean {
  if (text.length < 8) return false;
  // oxlint-disable-next-line no-control-regex -- what text has none of
  const odd = text.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd]/g)?.length ?? 0;
  return odd / text.length < 0.05;
}
