import { expect, it } from 'vitest';
import { holdsSecret } from './secret-bytes.ts';

const searched = async (text: string): Promise<{ found: boolean; breaths: number }> => {
  let breaths = 0;
  const found = await holdsSecret(new TextEncoder().encode(text), () => {
    breaths += 1;
    return Promise.resolve();
  });
  return { found, breaths };
};

it('lets others have their turn while a large text is searched for secrets', async () => {
  const { found, breaths } = await searched('token: a '.repeat(30_000));
  expect(found).toBe(false);
  expect(breaths).toBeGreaterThanOrEqual(4);
});

it('finds a secret wherever one piece ends and the next begins', async () => {
  const secret = `ghp_${'a1B2'.repeat(9)}`;
  for (const before of [57_330, 65_500, 65_530, 114_680])
    expect(await searched(`${'x '.repeat(before / 2)}${secret} ${'x '.repeat(40_000)}`)).toMatchObject({
      found: true,
    });
});
