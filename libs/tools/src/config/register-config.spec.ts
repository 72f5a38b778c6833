import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkSettings, declarationOf, registerConfig } from './register-config.js';
import { ChoiceSetting, IntSetting, settingsOf, TextSetting } from './setting.decorator.js';

class DemoEnvironment {
  @IntSetting({ min: 1, max: 9, description: 'How many.' })
  DEMO_COUNT = 3;

  @IntSetting({ min: 0, description: 'How long.' })
  DEMO_SECONDS = 0;

  @TextSetting({
    description: 'Where.',
    otherwise: 'here',
    format: { pattern: /^(\/.*)?$/, means: 'a path from the root' },
  })
  DEMO_FOLDER = '';

  @TextSetting({ description: 'Who.' })
  DEMO_NAME = '';

  @ChoiceSetting({ choices: ['near', 'far'], description: 'How far.' })
  DEMO_RANGE = '';
}

class OtherEnvironment {
  @IntSetting({ min: 0, description: 'How much.' })
  OTHER_LIMIT = 1;
}

const demoConfig = registerConfig('demo', DemoEnvironment, (environment) => ({
  count: environment.DEMO_COUNT,
  range: environment.DEMO_RANGE,
}));

registerConfig('other', OtherEnvironment, (environment) => environment);

afterEach(() => vi.unstubAllEnvs());

describe(registerConfig.name, () => {
  it('reads the variables, and takes an empty one as not set', () => {
    vi.stubEnv('DEMO_COUNT', '5');
    vi.stubEnv('DEMO_RANGE', '');
    expect(demoConfig()).toEqual({ count: 5, range: '' });
  });

  it.each([
    ['DEMO_COUNT', '10', 'must be a whole number, 1 to 9, not "10"'],
    ['DEMO_COUNT', '0', 'must be a whole number, 1 to 9, not "0"'],
    ['DEMO_COUNT', '1.5', 'must be a whole number, 1 to 9, not "1.5"'],
    ['DEMO_SECONDS', 'soon', 'must be a whole number, at least 0, not "soon"'],
    ['DEMO_FOLDER', 'tmp', 'must be a path from the root, not "tmp"'],
    ['DEMO_NAME', '17', 'must be text, not a number'],
    ['DEMO_RANGE', 'nearby', 'must be one of near, far, not "nearby"'],
  ])('refuses %s=%s', (name, value, why) => {
    vi.stubEnv(name, value);
    expect(demoConfig).toThrow(`Bad configuration. ${name} ${why} (environment).`);
  });

  it('tells of all that is wrong at once, whoever declares it', () => {
    vi.stubEnv('DEMO_COUNT', 'many');
    vi.stubEnv('OTHER_LIMIT', '-1');
    expect(checkSettings).toThrow(
      'Bad configuration. DEMO_COUNT must be a whole number, 1 to 9, not "many" (environment). ' +
        'OTHER_LIMIT must be a whole number, at least 0, not "-1" (environment).',
    );
  });
});

describe(settingsOf.name, () => {
  it('tells of each variable what it is for, what it takes and what holds otherwise', () => {
    expect(settingsOf(declarationOf(demoConfig)!)).toMatchObject([
      { name: 'DEMO_COUNT', description: 'How many.', accepts: '1 to 9', default: '`3`' },
      { name: 'DEMO_SECONDS', description: 'How long.', accepts: 'at least 0', default: '`0`' },
      {
        name: 'DEMO_FOLDER',
        description: 'Where.',
        accepts: 'a path from the root',
        default: 'here',
      },
      { name: 'DEMO_NAME', description: 'Who.', accepts: 'text', default: '' },
      { name: 'DEMO_RANGE', description: 'How far.', accepts: '`near`, `far`', default: '' },
    ]);
  });

  it('refuses a class with a field that is not declared as a setting', () => {
    class Bare {
      DEMO_BARE = 1;
    }
    expect(() => settingsOf(Bare)).toThrow('Bare.DEMO_BARE');
  });
});
