import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readConfigFile } from './config-file.js';
import { overrideSettings, useConfigFile } from './given-values.js';
import { checkSettings, registerConfig, settingFaults } from './register-config.js';
import { ChoiceSetting, IntSetting, TextSetting } from './setting.decorator.js';

class DemoEnvironment {
  @IntSetting({ min: 1, max: 9, description: 'How many.' })
  DEMO_COUNT = 3;

  @TextSetting({ description: 'Who.', isList: true })
  DEMO_NAMES = '';

  @TextSetting({
    description: 'Where.',
    isSecret: true,
    format: { pattern: /^(db:.*)?$/, means: 'a URL that begins with db:' },
  })
  DEMO_URL = '';

  @ChoiceSetting({ choices: ['near', 'far'], description: 'How far.' })
  DEMO_RANGE = '';

  @TextSetting({ description: 'Where clusters are.' })
  KUBECONFIG = '';
}

const demoConfig = registerConfig('demo', DemoEnvironment, (environment) => environment);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skyflo-config-'));
  vi.stubEnv('KUBECONFIG', '');
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.unstubAllEnvs();
  useConfigFile(new Map());
  overrideSettings({});
});

function file(text: string): string {
  const path = join(folder, 'config.yaml');
  writeFileSync(path, text);
  return path;
}

function use(text: string): string {
  const path = file(text);
  useConfigFile(readConfigFile(path));
  return path;
}

describe('a configuration file', () => {
  it.each([
    ['YAML', '# ours\nDEMO_COUNT: 5\nDEMO_NAMES: [a, b]\nDEMO_RANGE: far\nDEMO_URL: ""\n'],
    ['JSON', '{"$schema":"x","DEMO_COUNT":5,"DEMO_NAMES":"a,b","DEMO_RANGE":"far"}'],
  ])('gives values in %s', (_, text) => {
    use(text);
    checkSettings();
    expect(demoConfig()).toMatchObject({
      DEMO_COUNT: 5,
      DEMO_NAMES: 'a,b',
      DEMO_URL: '',
      DEMO_RANGE: 'far',
    });
  });

  it('comes after the environment, and both come after what a command sets', () => {
    use('DEMO_COUNT: 5\nDEMO_RANGE: far\nDEMO_URL: db:file\n');
    vi.stubEnv('DEMO_COUNT', '6');
    vi.stubEnv('DEMO_RANGE', '');
    overrideSettings({ DEMO_URL: '' });
    expect(demoConfig()).toMatchObject({ DEMO_COUNT: 6, DEMO_RANGE: 'far', DEMO_URL: '' });
  });

  it('is refused with all that is wrong, where it stands, and without credentials', () => {
    const path = use(
      'DEMO_CONT: 1\nDEMO_COUNT: "5"\nDEMO_NAMES: 7\nDEMO_URL: mysql://u:pw@x\nDEMO_RANGE: {}\n' +
        'KUBECONFIG: a\nOTHER:\n',
    );
    expect(settingFaults()).toEqual([
      `There is no setting "DEMO_CONT" (${path}:1). Nearest: DEMO_COUNT`,
      `KUBECONFIG can only be set in the environment (${path}:6)`,
      `There is no setting "OTHER" (${path}:7)`,
      `DEMO_COUNT must be a whole number, 1 to 9, not the text "5" (${path}:2)`,
      `DEMO_NAMES must be a list or text, not a number (${path}:3)`,
      `DEMO_URL must be a URL that begins with db: (${path}:4)`,
      `DEMO_RANGE must be text, not a map (${path}:5)`,
    ]);
  });

  it.each([
    ['DEMO_COUNT: 12', 'must be a whole number, 1 to 9, not "12"'],
    ['DEMO_COUNT: 1.5', 'must be a whole number, 1 to 9, not "1.5"'],
    ['DEMO_COUNT:', 'has no value: leave it out, or give it one'],
    ['DEMO_RANGE: no', 'must be one of near, far, not "no"'],
    ['DEMO_NAMES: ["a,b"]', 'must be a list or text, not a map'],
  ])('refuses %s', (text, why) => {
    use(text);
    expect(demoConfig).toThrow(why);
  });

  it.each([
    ['DEMO_COUNT: 1\nDEMO_COUNT: 2\n', ':2: Map keys must be unique.'],
    ['a: [', ':1: '],
    ['- a', ':1: A map of settings belongs here'],
    ['17', ':1: A map of settings belongs here'],
  ])('cannot be %j', (text, why) => {
    const path = file(text);
    expect(() => readConfigFile(path)).toThrow(path + why);
  });

  it('may be empty', () => {
    expect(readConfigFile(file('# nothing yet\n')).size).toBe(0);
  });

  it.each([
    ['missing', () => join(folder, 'none.yaml'), 'does not exist. Check --config or CONFIG_FILE.'],
    ['a folder', () => folder, 'is not a file'],
    ['too large', () => file('#'.repeat(300_000)), 'has 300000 bytes. The most are 262144.'],
  ])('is refused when it is %s', (_, path, why) => {
    expect(() => readConfigFile(path())).toThrow(why);
  });
});
