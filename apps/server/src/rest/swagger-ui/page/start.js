// Swagger UI starts when the page has loaded. Here it waits for its plugin, which is a module.
{
  const start = window.onload;
  window.onload = null;

  // A link with `#token=` brings the token along. It is taken out of the address, which a history
  // remembers, and never leaves the browser in a request for the page.
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token) history.replaceState(null, '', location.pathname);

  void import('./plugin.js').then(({ plugin }) => {
    const { SwaggerUIBundle } = window;
    const withPlugin = (options) => {
      // The page may call the server that it came from, whatever other addresses that has.
      const { servers: _servers, ...spec } = options.spec;
      return SwaggerUIBundle({ ...options, spec, plugins: [...options.plugins, plugin] });
    };
    window.SwaggerUIBundle = Object.assign(withPlugin, SwaggerUIBundle);
    start();
    if (token) window.ui.preauthorizeApiKey('bearer', token);
  });
}
