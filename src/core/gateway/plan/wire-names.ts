/** Members of a plan that sentences name, as callers know them. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  forEach: 'for_each',
  dependsOn: 'depends_on',
  uncertainOrder: 'uncertain_order',
};
/** What somebody else wrote stands quoted, and stays as it is. */
const CORE_NAME = new RegExp(String.raw`"(?:[^"\\]|\\.)*"|\b(?:${Object.keys(WIRE_NAMES).join('|')})\b`, 'g');

/** A sentence about a plan, with the names by which callers see its members. */
export function inWireNames(text: string): string {
  return text.replaceAll(CORE_NAME, (name) => WIRE_NAMES[name] ?? name);
}
