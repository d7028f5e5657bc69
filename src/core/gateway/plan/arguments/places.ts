import type { Property } from './properties.ts';
import { isFree } from './reading.ts';
import { stems } from './words.ts';

const PLACED = stems(
  'channel room repository repo project folder directory workspace space board team group branch list',
);
const NAME = String.raw`(?!(?:the|an?|its|their|your|my|our|his|her|this|that|these|those|which|what|whom|it|them|all|any|each|detail|total|short|general|order|full|progress|parallel|advance|time|case|addition|person|\p{L}+ing)\b)[\p{L}][\p{L}\p{N}_-]{0,40}`;
const IN = new RegExp(
  String.raw`\b(?:in|within|inside)\s+(?:(?:the|our|my)\s+)?${NAME}(?:(?:,\s+|\s+(?:and|or)\s+)(?:in\s+)?${NAME}){0,4}(?=\s*(?:$|[,;.!?](?:\s|$))|\s+(?:about|since|until|before|after|from|by|with|for|on|at|today|yesterday|last|this|that|which|and|or|then)\b)`,
  'giu',
);

/** Whether a parameter says where something is looked for. */
export function isPlaced(property: Property): boolean {
  return isFree(property) && property.list === undefined && property.words.some((word) => PLACED.has(word));
}

/** "In lunch": where something is looked for, by its name alone. */
export function placesIn(text: string): readonly { readonly start: number; readonly end: number }[] {
  return Array.from(text.matchAll(IN), ({ 0: whole, index }) => ({
    start: index,
    end: index + whole.length,
  }));
}
