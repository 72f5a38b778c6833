/** A cloud with two currents in it. It has its own background, so it suits every theme. */
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">' +
  '<rect width="64" height="64" rx="14" fill="#1d4ed8"/>' +
  '<path d="M20 48a11 11 0 0 1-1-22 14 14 0 0 1 27-2 12 12 0 0 1-1 24z" fill="#fff"/>' +
  '<path d="M20 34q6-5 12 0t12 0M20 42q6-5 12 0t12 0" fill="none" stroke="#1d4ed8" stroke-width="3" stroke-linecap="round"/>' +
  '</svg>';

/** The icon of this server, for any size. It needs no request (MCP, Icons: a `data:` URI). */
export const ICONS = [
  {
    src: `data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')}`,
    mimeType: 'image/svg+xml',
    sizes: ['any'],
  },
];
