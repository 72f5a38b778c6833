import { registerConfig, TextSetting } from '#tools';

class ProxyEnvironment {
  @TextSetting({
    description:
      'The proxy for addresses that start with `https://`: API servers whose context has no ' +
      '`proxy-url`, and downloads of charts.',
  })
  HTTPS_PROXY = '';

  @TextSetting({ description: 'The proxy for addresses that start with `http://`.' })
  HTTP_PROXY = '';

  @TextSetting({
    description:
      'What is reached without a proxy: hosts, domains, networks such as `10.0.0.0/8`, or `*`, ' +
      'joined by commas. `localhost` and loopback addresses always are.',
  })
  NO_PROXY = '';

  @TextSetting({ description: 'As `HTTPS_PROXY`, which goes first.' })
  https_proxy = '';

  @TextSetting({ description: 'As `HTTP_PROXY`, which goes first.' })
  http_proxy = '';

  @TextSetting({ description: 'As `NO_PROXY`, which goes first.' })
  no_proxy = '';
}

/** The proxies that the environment names, by variable. */
export const proxyConfig = registerConfig(
  'proxy',
  ProxyEnvironment,
  (environment): Record<keyof ProxyEnvironment, string> => environment,
);
