/**
 * An entry: severity and time, process, source file, message. What has several lines is indented.
 */
const ENTRY = /^[IWEF]\d{4} [\d:.]+ +\d+ ([^\s:]+):\d+\] (.*(?:\n(?:\t| >).*)*)\n?/gm;

/** Where client-go logs the warnings that the API server sends with an answer. */
const WARNINGS_FILE = 'warnings.go';

/**
 * What a program says on stderr, without the log of the Kubernetes libraries in it, which tells of
 * their inner life: a watch that was given up, a try that is repeated. The API server's warnings,
 * which they log too, are kept as `Warning: ...`. Source: the log format of k8s.io/klog/v2.
 */
export function withoutKlog(stderr: string): string {
  return stderr.replace(ENTRY, (_entry, file: string, message: string) =>
    file === WARNINGS_FILE ? `${unquoted(message)}\n` : '',
  );
}

function unquoted(message: string): string {
  return message.replace(/^"(.*)"$/, '$1').replaceAll('\\"', '"');
}
