import { afterEach, describe, expect, it, vi } from 'vitest';
import { declarationOf, registerConfig } from './register-config.js';
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

  @ChoiceSetting({ choices: ['near', 'far'], description: 'How far.' })
  DEMO_RANGE = '';
}

const demoConfig = registerConfig('demo', DemoEnvironment, (environment) => ({
  count: environment.DEMO_COUNT,
  range: environment.DEMO_RANGE,
}));

afterEach(() => vi.unstubAllEnvs());

describe(registerConfig.name, () => {
  it('reads the variables, and takes an empty one as not set', () => {
    vi.stubEnv('DEMO_COUNT', '5');
    vi.stubEnv('DEMO_RANGE', '');
    expect(demoConfig()).toEqual({ count: 5, range: '' });
  });

  it.each([
    ['DEMO_COUNT', '10', 'must not be greater than 9'],
    ['DEMO_COUNT', '0', 'must not be less than 1'],
    ['DEMO_COUNT', '1.5', 'must be an integer'],
    ['DEMO_FOLDER', 'tmp', 'must be a path from the root'],
    ['DEMO_RANGE', 'nearby', 'must be one of near, far'],
  ])('refuses %s=%s', (name, value, why) => {
    vi.stubEnv(name, value);
    expect(demoConfig).toThrow(`${name}: ${name === 'DEMO_COUNT' ? `${name} ` : ''}${why}`);
  });
});

describe(settingsOf.name, () => {
  it('tells of each variable what it is for, what it takes and what holds otherwise', () => {
    expect(settingsOf(declarationOf(demoConfig)!)).toEqual([
      { name: 'DEMO_COUNT', description: 'How many.', accepts: '1 to 9', default: '`3`' },
      { name: 'DEMO_SECONDS', description: 'How long.', accepts: 'at least 0', default: '`0`' },
      {
        name: 'DEMO_FOLDER',
        description: 'Where.',
        accepts: 'a path from the root',
        default: 'here',
      },
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
