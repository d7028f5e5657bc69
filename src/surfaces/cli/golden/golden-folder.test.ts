import { expect, it } from 'vitest';
import { troubleWith } from './golden-folder.ts';

it.each([
  ['EACCES', 'one.yaml may not be read or written. Change its permissions.'],
  ['EROFS', 'one.yaml is on a file system that is read only.'],
])('says %s in words', (code, message) => {
  const error = Object.assign(new Error('raw'), { code, path: '/some/where/tests/one.yaml' });
  expect(troubleWith(error)).toEqual({ code: 'golden/unusable', message });
});
