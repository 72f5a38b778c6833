/** An entry: severity and time, process, source file, message. Further lines are indented. */
const ENTRY = /^[IWEF]\d{4} [\d:.]+ +\d+ ([^\s:]+):\d+\] (.*(?:\n(?:\t| >).*)*)\n?/gm;

/** Where client-go logs the warnings that the API server sends with an answer. */
const WARNINGS_FILE = 'warnings.go';

/**
 * The stderr of a program without the log of the Kubernetes libraries, which reports internals such
 * as a watch that ended or a retry. The API server's warnings in that log are kept as `Warning:
 * ...`. Source: the log format of k8s.io/klog/v2.
 */
export function withoutKlog(stderr: string): string {
  return stderr.replace(ENTRY, (_entry, file: string, message: string) =>
    file === WARNINGS_FILE ? `${unquoted(message)}\n` : '',
  );
}

function unquoted(message: string): string {
  return message.replace(/^"(.*)"$/, '$1').replaceAll('\\"', '"');
}
