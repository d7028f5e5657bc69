import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cites } from '../../../test/support/verifies.ts';
import { sha256 } from '../../adapters/digest/sha256.ts';
import { foldName } from './confusables.ts';
import { admitServers, isReserved, nameFault, nameRegister, serverNameFault, toolName } from './names.ts';

const letters = Array.from('abcXYZ019_.-');
const server = fc
  .string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 40 })
  .filter((name) => serverNameFault(name) === undefined);
const tool = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 128 });

describe(`names of tools ${cites('gateway/W11')}`, () => {
  it('are short, usable, and the same for the same server and tool', () => {
    fc.assert(
      fc.property(server, tool, (ofServer, ofTool) => {
        const name = toolName(ofServer, ofTool, sha256);
        expect(name.length).toBeLessThanOrEqual(64);
        expect(name).toMatch(/^[A-Za-z0-9_.-]+$/);
        expect(toolName(ofServer, ofTool, sha256)).toBe(name);
        if (ofServer.length + ofTool.length <= 62) expect(name).toBe(`${ofServer}__${ofTool}`);
      }),
    );
  });

  it('differ for different servers and tools', () => {
    fc.assert(
      fc.property(fc.tuple(server, tool), fc.tuple(server, tool), ([s1, t1], [s2, t2]) => {
        if (s1 === s2 && t1 === t2) return;
        // A tool that begins with an underscore cannot move its server's name: that never ends in one.
        expect(toolName(s1, t1, sha256)).not.toBe(toolName(s2, t2, sha256));
      }),
    );
  });

  it('keep the server at their front when they are cut', () => {
    const name = toolName('github', 'x'.repeat(120), sha256);
    expect(name).toHaveLength(64);
    expect(name).toMatch(/^github__x+_[0-9a-f]{8}$/);
    expect(name).not.toBe(toolName('github', `${'x'.repeat(119)}y`, sha256));
  });

  test.each(['', 'a b', 'a\r\nX: y', 'naïve', 'x'.repeat(129), 'a/b', '…'])('%j is refused', (name) => {
    expect(nameFault(name)).toBeDefined();
  });

  test.each(['search', 'get.file', 'A-1_b', 'x'.repeat(128)])('%j is taken', (name) => {
    expect(nameFault(name)).toBeUndefined();
  });
});

describe('names of servers', () => {
  test.each(['a__b', 'a_', '', 'tutti', 'Find_Tools', 'gіthub', 'a b', 'x'.repeat(41), 'a\n'])(
    '%j is refused with what to do',
    (name) => {
      expect(serverNameFault(name)).toMatch(/Rename|Shorten/);
    },
  );

  test.each(['github', 'my-server.v2', '_a', 'A1'])('%j is taken', (name) => {
    expect(serverNameFault(name)).toBeUndefined();
  });

  it('that look alike are refused, and the first keeps its name', () => {
    const named = ['github', 'GitHub', 'glthub', 'modern', 'modem', 'f1les', 'files', 'other'].map(
      (name) => ({
        name,
      }),
    );
    const { admitted, refused } = admitServers(named);
    expect(admitted.map(({ name }) => name)).toEqual([
      'github',
      'glthub',
      'modern',
      'f1les',
      'files',
      'other',
    ]);
    expect([...refused.values()]).toEqual([
      expect.stringContaining('"github"'),
      expect.stringContaining('"modern"'),
    ]);
  });
});

describe('look-alikes', () => {
  test.each([
    ['github', 'gіthub'],
    ['github', 'ｇｉｔｈｕｂ'],
    ['github', 'ɡithub'],
    ['paypal', 'рауρаӏ'.replace('ӏ', 'l')],
    ['search', 'ѕеаrсһ'],
    ['search', 'se\u200barch'],
    ['search', 'SEARCH'],
    ['cafe', 'café'],
    ['omega', 'οmega'],
  ])('%s and %s fold to the same', (plain, disguised) => {
    expect(foldName(disguised)).toBe(foldName(plain));
  });

  it('folds once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
        const folded = foldName(name);
        expect(foldName(folded)).toBe(folded);
      }),
    );
  });

  it('knows what is reserved in every spelling', () => {
    expect(isReserved('ＣＡＬＬ_tool')).toBe(true);
    expect(isReserved('саll_tool')).toBe(true);
    expect(isReserved('call_tools')).toBe(false);
  });

  it('lets one owner have names that only print alike', () => {
    const register = nameRegister();
    expect(register.take('v1', 'a')).toBeUndefined();
    expect(register.take('vl', 'a')).toBeUndefined();
    expect(register.take('vI', 'b')).toBe('a');
    expect(register.take('V1', 'a')).toBe('a');
  });
});
