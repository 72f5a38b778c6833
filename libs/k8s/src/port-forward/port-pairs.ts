import { ToolError } from '#tools';

const FIRST_UNPRIVILEGED = 1024;
const LAST_PORT = 65_535;

/** One port to forward, as the caller writes it. */
export interface PortPair {
  /** 0 for a free one. */
  local: number;
  /** A port number or the name of a port. */
  remote: number | string;
}

/**
 * Reads pairs such as "8080:80 0:http,:9090". A single number is both ports, as in kubectl.
 * @throws ToolError `invalid_input` for a number that is no port, or a local port below 1024
 */
export function portPairs(text: string): PortPair[] {
  return text.split(/[, ]+/).map((pair) => {
    const [first = '', second] = pair.split(':');
    const remote = portOf(second ?? first);
    const local = second === undefined ? remote : first === '' ? 0 : portOf(first);
    if (typeof local === 'string') return { local: 0, remote };
    if (remote === 0) throw wrong(`"${pair}" has the remote port 0`, 'a port from 1 to 65535');
    if (local > 0 && local < FIRST_UNPRIVILEGED) {
      throw wrong(`"${pair}" has the local port ${local}`, 'one from 1024, or 0 for a free one');
    }
    return { local, remote };
  });
}

function portOf(text: string): number | string {
  if (!/^\d+$/.test(text)) return text;
  const port = Number(text);
  if (port > LAST_PORT) throw wrong(`${port} is not a port`, 'a port up to 65535');
  return port;
}

function wrong(message: string, accepts: string): ToolError {
  return new ToolError('invalid_input', `"ports": ${message}. Give ${accepts}.`, {
    errors: [{ field: 'ports', message, accepts }],
  });
}
