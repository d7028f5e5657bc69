import { expect, it } from 'vitest';
import * as api from '../src/index.ts';

it('exports these values and no others', () => {
  expect(Object.keys(api).toSorted()).toEqual([
    'TuttiError',
    'compileGuidance',
    'createApp',
    'createPlanner',
    'createRouter',
    'decideByGuidance',
    'defineTool',
    'loadConfig',
    'parseMarkdown',
    'resolveOutcome',
  ]);
});
