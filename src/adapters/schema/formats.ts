import type { Format } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { spending } from './spending.ts';

/** Those that the drafts name and that can be judged in linear time. Every other format says nothing. */
const NAMES = [
  'date',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'json-pointer',
  'relative-json-pointer',
  'time',
  'uri',
  'uri-reference',
  'uuid',
] as const;

/** Longer texts pass: no format is worth the time. */
const MAX_LENGTH = 2048;

export const formats: Readonly<Record<string, Format>> = Object.fromEntries(
  NAMES.map((name) => {
    const test = tester(fullFormats[name]);
    return [name, (text: string) => text.length > MAX_LENGTH || spending.read(() => test(text)) !== false];
  }),
);

function tester(format: Format): (text: string) => boolean {
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === 'function') return (text) => format(text);
  if (typeof format === 'object' && typeof format.validate === 'function') {
    const validate = format.validate as (text: string) => unknown;
    return (text) => validate(text) === true;
  }
  if (typeof format === 'object' && format.validate instanceof RegExp) return tester(format.validate);
  return () => true;
}
