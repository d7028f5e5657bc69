import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../src/surfaces/cli/failure.ts';
import { parseGolden } from '../src/surfaces/cli/golden/golden-file.ts';
import { runCommand, runProcess, type Ran } from './support/command.ts';
import { modelServer, type ModelTurn } from './support/model-server.ts';
import { build, review, workflow, type WorkflowFiles } from './support/workflows.ts';
import { verifies } from './support/world.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-tests-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function surroundings(input = '', extra: NodeJS.ProcessEnv = {}): Parameters<typeof runCommand>[1] {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    WORKFLOW_DEFINITIONS_DIR: join(folder, 'flows'),
    ...extra,
  };
  return { cwd: folder, env, input };
}

async function tutti(args: readonly string[], input?: string, env?: NodeJS.ProcessEnv): Promise<Ran> {
  return await runCommand(args, surroundings(input, env));
}

function put(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

function define(name: string, files: WorkflowFiles): void {
  for (const [path, text] of Object.entries(files)) put(`flows/${name}/${path}`, text);
}

const HAPPY = `# The way that most runs take.
name: happy
start: Write the code
steps:
  - report: { status: success } # nothing to say
    expect: Run the tests
    by: prose
  - report: { status: success }
    expect: Commit
  - report: { status: success }
    expect: FINISH
status: COMPLETED
`;
const FAILING = `name: a test fails once
steps:
  - report: { status: success }
    expect: Run the tests
  - report: { status: failure, error: 2 of 9 }
    expect: Fix the code
  - report: { status: success }
    expect: Run the tests
  - report: { status: success }
    expect: Commit
status: RUNNING
`;

describe('golden files', () => {
  verifies('workflow/golden', 'fail in CI once a sentence takes a run another way', () => {
    cpSync(resolve('workflows/REFACTOR_WITH_TESTS'), join(folder, 'flows/REFACTOR_WITH_TESTS'), {
      recursive: true,
    });
    const args = ['workflows', 'test', '--dir', 'flows', '--min-coverage', '100'];
    const before = runProcess(args, surroundings());
    expect(before).toMatchObject({ status: EXIT.ok, stderr: '' });
    expect(before.stdout).toContain('(100 %)');

    const step = 'flows/REFACTOR_WITH_TESTS/steps/fix_tests.md';
    const sentence = readFileSync(join(folder, step), 'utf8');
    const changed = sentence.replace('proceed to "Run the unit tests"', 'proceed to "Commit the change"');
    expect(changed).not.toBe(sentence);
    put(step, changed);
    const after = runProcess(args, surroundings());
    expect(after.status).toBe(EXIT.failed);
    expect(after.stdout).toMatch(/tests\/\w+\.yaml:\d+ steps\[\d+\]\.expect, at "Fix the tests"/);
    expect(after.stdout).toMatch(
      /expected {2}Run the unit tests\n +found {5}Commit the change\n +by prose: .*"Commit the change"/,
    );
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  verifies(
    'workflow/golden',
    'fail one by one where they cannot be read, and the others are played',
    async () => {
      define('BUILD', build);
      const at = 'flows/BUILD/tests';
      put(`${at}/good.yaml`, HAPPY);
      const big = `name: big\nsteps:\n  - report: { status: success, result: ${'x'.repeat(1_100_000)} }\n`;
      put(`${at}/big.yaml`, big);
      const bomb = Array.from({ length: 9 }, (_, level) => {
        const items = level === 0 ? '[x, x]' : `[${`*a${level - 1},`.repeat(9)}]`;
        return `  a${level}: &a${level} ${items}\n`;
      });
      put(`${at}/bomb.yaml`, `name: bomb\ncontext:\n${bomb.join('')}steps: []\n`);
      put(`${at}/deep.yaml`, `name: deep\ncontext: {a: ${'['.repeat(3000)}${']'.repeat(3000)}}\nsteps: []\n`);
      put(`${at}/taped.yaml`, HAPPY.replace('happy', 'taped'));
      mkdirSync(join(folder, at, 'taped.model.json'));
      mkdirSync(join(folder, at, 'folder.yaml'));
      const ran = await tutti(['workflows', 'test', 'BUILD', '--junit', 'out.xml', '--json']);
      expect(ran).toMatchObject({ status: EXIT.failed, stderr: '' });
      const { workflows } = JSON.parse(ran.stdout) as {
        workflows: { tests: { file: string; passed: boolean; faults?: { message: string }[] }[] }[];
      };
      const said = workflows[0]?.tests.map(({ file, passed, faults }) => [
        file,
        passed,
        faults?.[0]?.message,
      ]);
      expect(said).toEqual([
        ['tests/big.yaml', false, expect.stringMatching(/1048576|1 MiB|1,048,576/)],
        ['tests/bomb.yaml', false, expect.stringMatching(/aliases .* cannot be followed/)],
        ['tests/deep.yaml', false, expect.stringContaining('nested too deeply')],
        ['tests/folder.yaml', false, 'folder.yaml is a folder; a file was expected. Move it away.'],
        ['tests/good.yaml', true, undefined],
        ['tests/taped.yaml', false, expect.stringContaining('taped.model.json is a folder')],
      ]);
      expect(read('out.xml')).toContain('tests="6" failures="5"');
      const toFolder = await tutti(['workflows', 'test', 'BUILD', '--junit', folder]);
      expect(toFolder.stdout).toContain('✓ tests/good.yaml');
      expect(toFolder.stderr).toMatch(/--junit .* was not written: .* is a folder; a file was expected/);
    },
  );

  verifies('workflow/golden', 'are neither read nor written where a link leads elsewhere', async () => {
    define('BUILD', build);
    define('REVIEW', review);
    const stale = HAPPY.replace('expect: Commit', 'expect: Fix the code');
    put('elsewhere/one.yaml', stale);
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'flows/BUILD/tests'));
    mkdirSync(join(folder, 'flows/REVIEW/tests'));
    symlinkSync(join(folder, 'elsewhere/one.yaml'), join(folder, 'flows/REVIEW/tests/one.yaml'));
    const ran = await tutti(['workflows', 'test', 'BUILD', 'REVIEW', '--update']);
    expect(ran.status).toBe(EXIT.failed);
    const [first, second] = ran.stdout.replaceAll(/\s+/g, ' ').split('REVIEW');
    expect(first).toContain('tests is a symbolic link');
    expect(second).toContain('one.yaml is a symbolic link');
    expect(read('elsewhere/one.yaml')).toBe(stale);
  });

  verifies('workflow/golden', 'compare who decided, why, the status and the context', async () => {
    define(
      'BUILD',
      workflow({
        Build: '# Transitions\n\n- context.ok -> FINISH; status FAILED',
        Tell: 'Proceed to "FINISH".',
      }),
    );
    define('BUILD', build);
    put(
      'flows/BUILD/tests/exact.yaml',
      HAPPY.replace(
        'by: prose',
        'by: rule\n    because: the moon\n    status: SUSPENDED\n    context: { colour: red }',
      )
        .replace('status: COMPLETED', 'status: FAILED\nfinal_context: { done: true }')
        .replace('start: Write the code', 'start: Commit'),
    );
    const { status, stdout } = await tutti(['workflows', 'test', 'BUILD', '--json']);
    expect(status).toBe(EXIT.failed);
    const { workflows } = JSON.parse(stdout) as {
      workflows: { tests: { passed: boolean; differences: Record<string, unknown>[] }[] }[];
    };
    const because = 'Proceed to "Run the tests"';
    const told = { at: 'Write the code', by: 'prose', because };
    expect(workflows[0]?.tests[0]?.differences).toEqual([
      { what: 'start', path: 'start', line: 3, expected: 'Commit', found: 'Write the code' },
      { what: 'by', path: 'steps[0].by', line: 7, expected: 'rule', found: 'prose', ...told },
      { what: 'status', path: 'steps[0].status', line: 9, expected: 'SUSPENDED', found: 'RUNNING', ...told },
      { what: 'because', path: 'steps[0].because', line: 8, expected: 'the moon', found: because, ...told },
      { what: 'context', path: 'steps[0].context.colour', line: 10, expected: 'red', found: null, ...told },
      { what: 'status', path: 'status', line: 15, expected: 'FAILED', found: 'COMPLETED' },
      { what: 'final_context', path: 'final_context.done', line: 16, expected: true, found: null },
    ]);
  });

  it('name what is wrong with them by file and line', async () => {
    define('BUILD', build);
    put(
      'flows/BUILD/tests/typo.yaml',
      HAPPY.replace(
        '  - report: { status: success }\n    expect: Commit',
        '  - report: { staus: success }\n    expects: Commit',
      ),
    );
    put('flows/BUILD/tests/broken.yaml', 'name: [unclosed\n');
    put('flows/BUILD/tests/notes.txt', 'not read');
    const { status, stdout } = await tutti(['workflows', 'test']);
    expect(status).toBe(EXIT.failed);
    expect(stdout).toMatch(/tests\/typo\.yaml:8 error steps\[1\]\.report\.staus: there is no such key here/);
    expect(stdout).toMatch(/tests\/typo\.yaml:9 error steps\[1\]\.expects: there is no such key here/);
    expect(stdout).toMatch(/tests\/broken\.yaml:\d error/);
    expect(stdout).toContain('1 workflow(s), 2 golden file(s), 2 failed');
  });

  it('are missed: a workflow that is broken, absent, or has none does not pass', async () => {
    define('BUILD', build);
    const none = await tutti(['workflows', 'test']);
    expect(none.status).toBe(EXIT.failed);
    expect(none.stdout).toContain('There is no golden file');
    expect((await tutti(['workflows', 'test', 'NOWHERE'])).status).toBe(EXIT.notFound);
    put('flows/BROKEN/index.md', '# Nothing\n');
    put('flows/BUILD/tests/happy.yaml', HAPPY);
    const broken = await tutti(['workflows', 'test', '--junit', 'out/junit.xml']);
    expect(broken.status).toBe(EXIT.failed);
    expect(broken.stdout).toMatch(/BROKEN\n +index\.md:\d error/);
    expect(read('out/junit.xml')).toContain('<testsuite name="BROKEN" tests="1" failures="1">');
  });

  it('neither count as faults of a workflow nor as a change of it', async () => {
    define('BUILD', build);
    put('flows/BUILD/tests/happy.yaml', HAPPY);
    put('flows/BUILD/tests/happy.model.json', '{"version":1,"calls":[]}');
    expect(await tutti(['workflows', 'lint'])).toMatchObject({ status: EXIT.ok, stderr: '' });
    const { stdout } = await tutti(['workflows', 'list', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ workflows: [{ name: 'BUILD' }] });
  });

  verifies('workflow/golden-coverage', 'tell which transitions nobody takes', async () => {
    define('BUILD', build);
    put('flows/BUILD/tests/happy.yaml', HAPPY);
    const few = await tutti(['workflows', 'test', '--min-coverage', '80', '--json', '--junit', 'junit.xml']);
    expect(few.status).toBe(EXIT.failed);
    expect(JSON.parse(few.stdout)).toMatchObject({
      passed: false,
      failed: 0,
      workflows: [
        {
          coverage: {
            taken: 3,
            total: 5,
            percent: 60,
            notTaken: [
              { step: 'Run the tests', outcome: 'fix_the_code', when: 'the client reports a failure' },
              { step: 'Fix the code', outcome: 'run_the_tests' },
            ],
          },
        },
      ],
    });
    expect(read('junit.xml')).toContain(
      'message="BUILD: 60 % of the transitions are taken, expected at least 80 %."',
    );
    put('flows/BUILD/tests/failing.yaml', FAILING);
    const all = await tutti(['workflows', 'test', '--min-coverage', '100']);
    expect(all).toMatchObject({ status: EXIT.ok, stderr: '' });
    expect(all.stdout).toContain('transitions: 5 of 5 taken (100 %)');
  });

  verifies('workflow/golden-coverage', 'tell two conditions for one target apart', async () => {
    define('REVIEW', review);
    const golden = (report: string): string =>
      `name: one\nsteps:\n  - report: ${report}\n    expect: Publish\nstatus: RUNNING\n`;
    const taken = async (): Promise<unknown> => {
      const { stdout } = await tutti(['workflows', 'test', '--json']);
      const { workflows } = JSON.parse(stdout) as {
        workflows: { coverage: { notTaken: { outcome: string }[] } }[];
      };
      return workflows[0]?.coverage.notTaken.map(({ outcome }) => outcome);
    };
    put('flows/REVIEW/tests/one.yaml', golden('{ status: success, outcome: publish }'));
    expect(await taken()).toEqual(['stay', 'halt', 'publish_2', 'finish']);
    put('flows/REVIEW/tests/one.yaml', golden('{ status: failure }'));
    expect(await taken()).toEqual(['publish', 'stay', 'halt', 'finish']);
  });

  verifies('workflow/golden-update', 'take over what was found, and nothing else changes', async () => {
    define('BUILD', build);
    put('flows/BUILD/tests/happy.yaml', HAPPY.replace('expect: Commit', "expect: 'Fix the code' # why?"));
    const { status, stdout } = await tutti(['workflows', 'test', '--update']);
    expect({ status, stdout }).toMatchObject({
      status: EXIT.ok,
      stdout: expect.stringContaining('(updated)'),
    });
    expect(read('flows/BUILD/tests/happy.yaml')).toBe(
      HAPPY.replace('expect: Commit', 'expect: Commit # why?'),
    );
    expect((await tutti(['workflows', 'test', '--update'])).stdout).not.toContain('(updated)');
  });

  verifies('workflow/golden-update', 'are filled in where only the reports are written', async () => {
    define('REVIEW', review);
    put(
      'flows/REVIEW/tests/draft.yaml',
      '# reports first\nname: draft\nsteps:\n  - report: { status: success } # unsure\n  - report: { outcome: publish }\n  - report: { status: success }\n    context_updates: { url: x }\n',
    );
    const bare = await tutti(['workflows', 'test']);
    expect(bare.status).toBe(EXIT.failed);
    expect(bare.stdout).toContain('expected  nothing written yet\n      found     decision_required');
    await tutti(['workflows', 'test', '--update']);
    const text = read('flows/REVIEW/tests/draft.yaml');
    expect(text).toContain('# reports first');
    expect(text).toContain('# unsure');
    expect(text).toMatch(/expect: decision_required\n.*outcome: publish.*\n +expect: Publish\n +by: caller/);
    expect(text).toMatch(/status: COMPLETED/);
    expect(await tutti(['workflows', 'test'])).toMatchObject({ status: EXIT.ok });
  });
});

const STUB = { USE_STUB_AI_CLIENT: 'true' };
const JUDGED = `name: a model judges
deciders: [model, caller]
steps:
  - report: { status: success, message: They like it. }
    expect: Publish
    by: model
status: RUNNING
`;

/** The same with a model to ask, which chooses as it is told, else what comes first. */
async function tuttiAsking(args: readonly string[], ...turns: readonly ModelTurn[]): Promise<Ran> {
  const server = await modelServer();
  server.play(...turns);
  const env = { AI_SERVICE_ENDPOINT: server.url, AI_SERVICE_API_KEY: 'key', GEMINI_MODEL_NAME: 'm' };
  try {
    return await tutti(args, '', env);
  } finally {
    await server.close();
  }
}

const RECORD = ['workflows', 'test', '--record'] as const;

it('shows golden files in the guide that are valid', () => {
  const guide = readFileSync('docs/guide/testing-workflows.md', 'utf8');
  const shown = [...guide.matchAll(/^```yaml\n(name: .*?)^```$/gms)].map(([, text = '']) => text);
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.map((text) => parseGolden(text, 'guide'))).toEqual(
    shown.map(() => expect.objectContaining({ golden: expect.anything() })),
  );
});

describe('recordings of a model', () => {
  verifies('workflow/golden-recorded', 'stand in for the model where there is no key', async () => {
    define('REVIEW', review);
    put('flows/REVIEW/tests/judged.yaml', JUDGED);
    const bare = await tutti(['workflows', 'test']);
    expect(bare.status).toBe(EXIT.failed);
    expect(bare.stdout.replaceAll(/\s+/g, ' ')).toContain('is not recorded (nothing is)');
    expect(bare.stdout.replaceAll(/\s+/g, ' ')).toContain('Run `tutti workflows test --record`');

    const keyless = await tutti(['workflows', 'test', '--record']);
    expect(keyless).toMatchObject({ status: EXIT.unusable });
    expect(keyless.stderr).toContain('none is configured');

    const stubbed = await tutti(RECORD, '', STUB);
    expect(stubbed).toMatchObject({ status: EXIT.unusable });
    expect(stubbed.stderr).toContain('answers without reading');
    expect(existsSync(join(folder, 'flows/REVIEW/tests/judged.model.json'))).toBe(false);

    const recorded = await tuttiAsking(RECORD);
    expect(recorded).toMatchObject({ status: EXIT.ok });
    expect(recorded.stdout).toContain('(1 calls recorded)');
    const tape = read('flows/REVIEW/tests/judged.model.json');
    expect(JSON.parse(tape)).toMatchObject({
      version: 1,
      calls: [{ purpose: 'decide', answer: { choice: 'publish' } }],
    });

    expect(await tutti(['workflows', 'test'])).toMatchObject({ status: EXIT.ok });
    await tuttiAsking(RECORD);
    expect(read('flows/REVIEW/tests/judged.model.json')).toBe(tape);
  });

  verifies('workflow/golden-recorded', 'hold for the question that was asked, and no other', async () => {
    define('REVIEW', review);
    put('flows/REVIEW/tests/judged.yaml', JUDGED);
    await tuttiAsking(RECORD);
    const step = read('flows/REVIEW/steps/show_the_draft.md');
    put(
      'flows/REVIEW/steps/show_the_draft.md',
      step.replace('approves the draft', 'is delighted by the draft'),
    );
    const { status, stdout } = await tutti(['workflows', 'test']);
    expect(status).toBe(EXIT.failed);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('is not recorded (1 other(s) are)');
    put('flows/REVIEW/tests/judged.model.json', '{"calls": 3}');
    const broken = await tutti(['workflows', 'test']);
    expect(broken.stdout).toContain('judged.model.json');
  });
});

describe('expectations', () => {
  verifies('workflow/golden-update', 'stand where a model gave no answer to go by', async () => {
    define('REVIEW', review);
    const golden = `start: Show the draft\n${JUDGED}# spaced   as it was\n`;
    put('flows/REVIEW/tests/judged.yaml', golden);
    const update = ['workflows', 'test', '--update'];
    const runs = [await tutti(update), await tuttiAsking([...update, '--record'], { fault: 'unauthorized' })];
    for (const { status, stdout } of runs) {
      expect(status).toBe(EXIT.failed);
      expect(stdout).toContain('(not updated: a model gave no answer)');
      expect(stdout).toContain('expected  an answer of the model\n      found     ');
      expect(read('flows/REVIEW/tests/judged.yaml')).toBe(golden);
    }
    const changed = await tuttiAsking([...update, '--record'], {
      answer: { choice: 'stay', confidence: 0.9, because: 'Not yet.' },
    });
    expect(changed).toMatchObject({ status: EXIT.ok, stdout: expect.stringContaining('updated') });
    expect(read('flows/REVIEW/tests/judged.yaml')).toBe(
      golden.replace('expect: Publish', 'expect: Show the draft'),
    );
  });

  it('say what is missing in them, and count for no drift where they cannot be read', async () => {
    define('BUILD', build);
    put('flows/BUILD/tests/happy.yaml', 'start: [3]\ndeciders: [human]\nsteps: { report: {} }\n');
    const { status, stdout } = await tutti(['workflows', 'test', '--drift']);
    expect(status).toBe(EXIT.failed);
    const said = stdout.replaceAll(/\s+/g, ' ');
    expect(said).toContain('tests/happy.yaml:1 error name: it is missing; expected text.');
    expect(said).toContain('tests/happy.yaml:1 error start: expected text, found [3].');
    expect(said).toContain('deciders[0]: expected one of caller, model, found "human".');
    expect(said).toContain('steps: expected a list, found {"report":{}}.');
    expect(said).toContain('0 with decisions that differ now, 1 that could not be played');
    expect(said).not.toContain('Invalid');
  });
});

describe('a model that is reached', () => {
  verifies(
    ['workflow/golden-recorded', 'workflow/golden-drift'],
    'is asked to record, and asked again for drift; where it fails, what was recorded stays',
    async () => {
      define('REVIEW', review);
      put('flows/REVIEW/tests/judged.yaml', JUDGED);
      const choice = (id: string): ModelTurn => ({
        answer: { choice: id, confidence: 0.9, because: `It says ${id}.` },
      });
      const server = await modelServer();
      server.play(choice('publish'), { fault: 'unauthorized' }, choice('stay'));
      const env = { AI_SERVICE_ENDPOINT: server.url, AI_SERVICE_API_KEY: 'key', GEMINI_MODEL_NAME: 'm' };
      try {
        const recorded = await tutti(['workflows', 'test', '--record'], '', env);
        expect(recorded).toMatchObject({ status: EXIT.ok, stderr: '' });
        const tape = read('flows/REVIEW/tests/judged.model.json');
        expect(JSON.parse(tape)).toMatchObject({
          calls: [{ answer: { choice: 'publish', usage: { name: 'm', latencyMs: 0 } } }],
        });
        expect(tape).not.toContain('rehearsed-');

        const failed = await tutti(['workflows', 'test', '--record'], '', env);
        expect(failed.status).toBe(EXIT.failed);
        expect(failed.stdout).toContain('expected  an answer of the model\n      found     ');
        expect(read('flows/REVIEW/tests/judged.model.json')).toBe(tape);

        const drift = await tutti(['workflows', 'test', '--drift'], '', env);
        expect(drift.status).toBe(EXIT.failed);
        expect(drift.stdout).toContain(
          'recorded  Publish (model): It says publish.\n      now       Show the draft (model): It says stay.\n',
        );
        expect(await tutti(['workflows', 'test'])).toMatchObject({ status: EXIT.ok });
        expect(server.requests).toHaveLength(3);
      } finally {
        await server.close();
      }
    },
  );
});

describe('drift', () => {
  verifies(
    'workflow/golden-drift',
    'is shown decision by decision, each where it was once decided',
    async () => {
      define('BUILD', build);
      put('flows/BUILD/tests/failing.yaml', FAILING);
      expect(await tutti(['workflows', 'test', '--drift'])).toMatchObject({ status: EXIT.ok });
      const step = read('flows/BUILD/steps/run_the_tests.md');
      put(
        'flows/BUILD/steps/run_the_tests.md',
        step.replace('a failure, proceed to "Fix the code"', 'a failure, proceed to "FINISH"'),
      );
      const { status, stdout } = await tutti(['workflows', 'test', '--drift', '--json']);
      expect(status).toBe(EXIT.failed);
      const { workflows } = JSON.parse(stdout) as { workflows: { tests: { decisions: unknown[] }[] }[] };
      const decisions = workflows[0]?.tests[0]?.decisions;
      expect(decisions).toHaveLength(4);
      expect(decisions?.[1]).toMatchObject({
        at: 'Run the tests',
        line: 5,
        recorded: { to: 'Fix the code' },
        now: { to: 'FINISH', by: 'prose', because: 'If the client reports a failure, proceed to "FINISH"' },
        differs: true,
      });
      expect(decisions?.[2]).toMatchObject({
        at: 'Fix the code',
        now: { to: 'Run the tests' },
        differs: false,
      });
      expect(decisions?.[3]).toMatchObject({ at: 'Run the tests', now: { to: 'Commit' }, differs: false });
    },
  );

  verifies('workflow/golden-drift', 'asks the configured model again', async () => {
    define('REVIEW', review);
    put('flows/REVIEW/tests/judged.yaml', JUDGED);
    await tuttiAsking(RECORD);
    const tape = read('flows/REVIEW/tests/judged.model.json');
    const other = tape.replace('"publish"', '"stay"').replace(/"because": "[^"]*"/, '"because": "not yet"');
    put('flows/REVIEW/tests/judged.model.json', other);
    put('flows/REVIEW/tests/judged.yaml', JUDGED.replace('expect: Publish', 'expect: Show the draft'));
    expect(await tutti(['workflows', 'test'])).toMatchObject({ status: EXIT.ok });
    expect(await tutti(['workflows', 'test', '--drift'])).toMatchObject({ status: EXIT.ok });
    const { status, stdout } = await tutti(['workflows', 'test', '--drift'], '', STUB);
    expect(status).toBe(EXIT.failed);
    expect(stdout).toContain('recorded  Show the draft (model): not yet');
    expect(stdout).toMatch(/now {7}Publish \(model\): the first candidate/);
    expect(read('flows/REVIEW/tests/judged.model.json')).toBe(other);
  });
});

describe('tutti workflows simulate', () => {
  verifies(
    'workflow/simulate',
    'plays a script, says where each report led and why, and keeps nothing',
    async () => {
      define('BUILD', build);
      const script = put(
        'script.jsonl',
        '{"status": "success"}\n\n{"status": "failure"}\n{"status": "success", "outcome": "nowhere"}\n',
      );
      const { status, stdout } = await tutti([
        'workflows',
        'simulate',
        'BUILD',
        '--script',
        script,
        '--json',
      ]);
      expect(status).toBe(EXIT.failed);
      expect(JSON.parse(stdout)).toMatchObject({
        workflow: 'BUILD',
        start: 'Write the code',
        moves: [
          { from: 'Write the code', to: 'Run the tests', by: 'prose', because: 'Proceed to "Run the tests"' },
          { from: 'Run the tests', to: 'Fix the code', by: 'prose' },
          { from: 'Fix the code', to: 'OUTCOME_NOT_ALLOWED' },
        ],
        status: 'RUNNING',
      });
      put('steps.yaml', '- report: { status: success }\n- report: { status: success }\n');
      const text = await tutti(['workflows', 'simulate', 'BUILD', '--script', 'steps.yaml']);
      expect(text).toMatchObject({ status: EXIT.ok, stderr: '' });
      expect(text.stdout).toContain(
        'Run the tests → Commit\ndecided by prose: If the client reports success',
      );
      const golden = put('flows/BUILD/tests/happy.yaml', HAPPY);
      expect((await tutti(['workflows', 'simulate', 'BUILD', '--script', golden])).stdout).toContain(
        'Workflow Completed.',
      );
      expect(readdirSync(folder).toSorted()).toEqual(['flows', 'script.jsonl', 'steps.yaml']);
    },
  );

  verifies(
    'workflow/simulate',
    'answers from the recording, and plays no report at a wrong step',
    async () => {
      define('REVIEW', review);
      const golden = `start: Show the draft\n${JUDGED.replace('status: RUNNING', '  - report: { status: success }\nstatus: COMPLETED')}`;
      const file = put('flows/REVIEW/tests/judged.yaml', golden);
      await tuttiAsking([...RECORD, '--update']);
      const simulate = ['workflows', 'simulate', 'REVIEW', '--script'];
      const whole = await tutti([...simulate, file, '--json']);
      expect(whole).toMatchObject({ status: EXIT.ok, stderr: '' });
      expect(JSON.parse(whole.stdout)).toMatchObject({
        moves: [{ to: 'Publish', by: 'model' }, { to: 'FINISH' }],
        status: 'COMPLETED',
      });

      rmSync(join(folder, 'flows/REVIEW/tests/judged.model.json'));
      const bare = await tutti([...simulate, file]);
      expect(bare.status).toBe(EXIT.failed);
      expect(bare.stderr).toContain(
        'Report 2 of 2 was not played: "Show the draft" was expected to lead to "Publish" and led to "decision_required".',
      );
      expect(bare.stderr).toContain('is not recorded');
      const lines = put('lines.jsonl', '{"status": "success"}\n{"status": "success"}\n');
      const undecided = await tutti([...simulate, lines, '--json']);
      expect(undecided.status).toBe(EXIT.failed);
      expect(JSON.parse(undecided.stdout)).toMatchObject({
        moves: [{ to: 'decision_required' }],
        stopped: expect.stringContaining('expected a report with an outcome'),
      });
    },
  );

  verifies('workflow/simulate', 'asks for the reports, again after one that is refused', async () => {
    define('REVIEW', review);
    const { status, stdout, stderr } = await tutti(
      ['workflows', 'simulate', 'REVIEW', '--context', '{"draft": 1}'],
      ['9', 'success', '', 'publish', 'success', '', 'success', 'done'].join('\n'),
    );
    expect(stderr).toContain('[OUTCOME_NOT_ALLOWED]');
    expect(stdout).toContain('1. publish → Publish when the user approves the draft');
    expect(stdout).toContain('decided by outcome: The client chose publish');
    expect(stdout).toContain('Workflow Completed.');
    expect(status).toBe(EXIT.failed);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('says what is wrong with a script, by file and line', async () => {
    define('BUILD', build);
    put('bad.yaml', '- report: { status: success }\n- reports: {}\n');
    const bad = await tutti(['workflows', 'simulate', 'BUILD', '--script', 'bad.yaml']);
    expect(bad).toMatchObject({ status: EXIT.usage });
    expect(bad.stderr).toContain('bad.yaml:2');
    put('bad.jsonl', '{"status": "success"}\nnonsense\n');
    expect((await tutti(['workflows', 'simulate', 'BUILD', '--script', 'bad.jsonl'])).stderr).toContain(
      'bad.jsonl:2',
    );
    expect((await tutti(['workflows', 'simulate', 'BUILD', '--script', 'none.yaml'])).status).toBe(
      EXIT.usage,
    );
    expect((await tutti(['workflows', 'simulate', 'NOWHERE'])).status).toBe(EXIT.notFound);
  });
});

/** Runs a workflow with lines of reports, and returns the instance's id. */
async function played(name: string, reports: readonly object[], env?: NodeJS.ProcessEnv): Promise<string> {
  const input = reports.map((each) => JSON.stringify(each)).join('\n');
  const { stdout } = await tutti(
    ['run', name, '--context', '{"api_key": "hunter2hunter2"}', '--json'],
    input,
    env,
  );
  const [first = ''] = stdout.split('\n');
  return (JSON.parse(first) as { instanceId: string }).instanceId;
}

describe('tutti instances to-test', () => {
  verifies('workflow/to-test', 'turns a run into a golden file that plays, without its secrets', async () => {
    define('BUILD', build);
    const id = await played('BUILD', [
      {
        status: 'success',
        context_updates: { branch: 'main', token: 'ghp_0123456789abcdefghij0123456789abcdef' },
      },
      { status: 'failure', error: 'password=swordfish99', details: { failed: 2 } },
      { status: 'success' },
      { status: 'success' },
      { status: 'success' },
    ]);
    const { status, stderr } = await tutti([
      'instances',
      'to-test',
      id,
      '--out',
      'flows/BUILD/tests/real.yaml',
    ]);
    expect({ status, stderr }).toMatchObject({ status: EXIT.ok, stderr: expect.stringContaining('Wrote ') });
    const text = read('flows/BUILD/tests/real.yaml');
    expect(text).toContain(`# The run ${id} of BUILD: 5 report(s)`);
    expect(text).toContain(
      'Masked, since it looks like a secret: context.api_key, steps[0].context_updates.token, steps[1].report.error',
    );
    expect(text).not.toMatch(/hunter2|ghp_|swordfish/);
    expect(text).toContain('branch: main');
    const tested = await tutti(['workflows', 'test', '--json']);
    expect(JSON.parse(tested.stdout)).toMatchObject({ passed: true, tests: 1 });
    const again = await tutti(['instances', 'to-test', id, '--out', 'flows/BUILD/tests/real.yaml']);
    expect(again.status).toBe(EXIT.usage);
    expect((await tutti(['instances', 'to-test', id])).stdout).toBe(text);
  });

  verifies(
    ['workflow/to-test', 'workflow/golden-recorded'],
    'keeps what the model of the run answered, so that it plays without one',
    async () => {
      define('REVIEW', review);
      const report = { status: 'success', message: 'They like it.' };
      const id = await played('REVIEW', [report, { status: 'success' }], STUB);
      const out = 'flows/REVIEW/tests/real.yaml';
      const { stderr } = await tutti(
        ['instances', 'to-test', id, '--out', out, '--name', 'they like it'],
        '',
        STUB,
      );
      expect(stderr).toContain('real.model.json');
      expect(read(out)).toMatch(/name: they like it\n[\s\S]*deciders:\n +- model\n/);
      const tested = await tutti(['workflows', 'test', '--json']);
      expect(JSON.parse(tested.stdout)).toMatchObject({ passed: true, tests: 1 });
    },
  );

  it('tells a pending decision, a halt and what a person did in between', async () => {
    define('REVIEW', review);
    const id = await played('REVIEW', [
      { status: 'success', message: 'Hm.' },
      { outcome: 'stay' },
      { status: 'success', outcome: 'halt' },
      { status: 'success', outcome: 'publish' },
    ]);
    await tutti(['instances', 'cancel', id]);
    const { stdout, stderr } = await tutti(['instances', 'to-test', id]);
    const expected = ['decision_required', 'Show the draft', 'HALT', 'Publish'];
    expect([...stdout.matchAll(/expect: (.*)/g)].map(([, to]) => to)).toEqual(expected);
    expect(stdout).toContain('status: RUNNING');
    expect(stderr).toContain('It was cancelled');
    expect(stderr).not.toContain('it differs');
  });

  it('says what would differ now, and refuses what did not begin at the first step', async () => {
    define('BUILD', build);
    const id = await played('BUILD', [{ status: 'success' }, { status: 'success' }]);
    const step = read('flows/BUILD/steps/run_the_tests.md');
    put('flows/BUILD/steps/run_the_tests.md', step.replace('"Commit"', '"Fix the code"'));
    const { stdout, stderr } = await tutti(['instances', 'to-test', id]);
    expect(stdout).toContain('# The definition has changed since the run.');
    expect(stderr).toContain('steps[1].expect: expected Commit, found Fix the code');
    const forked = await tutti(['instances', 'fork', id, '--json']);
    const { instanceId } = JSON.parse(forked.stdout) as { instanceId: string };
    const refused = await tutti(['instances', 'to-test', instanceId]);
    expect(refused).toMatchObject({ status: EXIT.usage });
    expect(refused.stderr).toContain('began as FORKED');
  });

  it('tells what a person decided as what the caller chose', async () => {
    define('REVIEW', { ...review, 'index.md': `---\ndeciders: [human, caller]\n---\n${review['index.md']}` });
    const id = await played('REVIEW', [{ status: 'success', outcome: 'publish' }]);
    const { question } = JSON.parse((await tutti(['instances', 'decide', id, '--json'])).stdout) as {
      question: { asked_at: string };
    };
    const word = ['--outcome', 'publish', '--because', 'Good.', '--yes', '--asked', question.asked_at];
    await tutti(['instances', 'decide', id, ...word]);
    await tutti(['instances', 'to-test', id, '--out', 'flows/REVIEW/tests/person.yaml']);
    const text = read('flows/REVIEW/tests/person.yaml');
    expect([...text.matchAll(/expect: (.*)/g)].map(([, to]) => to)).toEqual(['decision_required', 'Publish']);
    expect(await tutti(['workflows', 'test'])).toMatchObject({ status: EXIT.ok });
  });
});
