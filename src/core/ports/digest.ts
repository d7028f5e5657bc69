/** SHA-256 of a text in UTF-8: 64 lower-case hexadecimal digits. */
export type Digest = (text: string) => string;
