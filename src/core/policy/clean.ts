/** Terminal escape sequences, finished or cut off: CSI, strings (OSC, DCS, SOS, PM, APC) and the short ones. */
const ESCAPES =
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])(?:[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c))?|\u001b[ -/]*[0-~]?/g;

/** Control characters but line feeds and tabs, direction marks, and what has no width: some of it is text that only machines see. */
const UNSEEN = new RegExp(
  String.raw`[^\P{Cc}\n\t]|[\p{Bidi_Control}\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\u{e0100}-\u{e01ef}]`,
  'gu',
);

/** Joiners join emoji, and letters of scripts other than ASCII's; elsewhere they only hide. */
const STRAY_JOINERS = /(?<=^|[\n\t -~])[\u200c\u200d]|[\u200c\u200d](?=$|[\n\t -~\u200c\u200d])/g;

/** Printable ASCII, tabs and line feeds need nothing done. */
const PLAIN = /^[\t\n\u0020-\u007e]*$/;

/** Text from outside without escape sequences, control, direction, zero-width and tag characters; lines and tabs stay. */
export function stripControls(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replaceAll(ESCAPES, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(UNSEEN, '')
    .replaceAll(STRAY_JOINERS, '');
}

/** All that has no shape, or the shape of a plain blank. */
const SHAPELESS = /[^\P{Z} ]|[\p{C}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2800]/gu;

/**
 * A JSON text in which everything without a shape is written as JSON escapes it: the same value, of which a person sees all. For what
 * somebody agrees to, where leaving anything out would have him agree to something else. Line feeds between values stay.
 */
export function visibleJson(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replaceAll(SHAPELESS, (found) =>
    found === '\n'
      ? found
      : Array.from(
          { length: found.length },
          (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`,
        ).join(''),
  );
}

/** {@link stripControls}, at most `maxLength` characters long: for people to read. */
export function cleanText(text: string, maxLength: number): string {
  const enough = 4 * maxLength + 1024;
  const clean = stripControls(text.slice(0, enough));
  if (clean.length <= maxLength && text.length <= enough) return clean;
  return `${clean.slice(0, Math.max(0, maxLength - 1)).replace(/[\ud800-\udbff]$/, '')}…`;
}
