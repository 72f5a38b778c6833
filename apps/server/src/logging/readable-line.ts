/**
 * A line of the log as people read it in a terminal: time of day in UTC, level, context, message
 * and facts, such as `12:00:34 info ToolInvoker: call tool=k8s_get outcome=success durationMs=1.7`.
 * @param line a JSON object with a line break at its end
 */
export function readableLine(line: string): string {
  const { time, level, context, msg, err, ...facts } = JSON.parse(line) as Record<string, unknown>;
  const words = [
    String(time).slice('YYYY-MM-DDT'.length, 'YYYY-MM-DDThh:mm:ss'.length),
    level,
    context && `${textOf(context)}:`,
    msg,
    ...Object.entries(facts).map(([key, value]) => `${key}=${textOf(value)}`),
  ];
  const head = words.filter((word) => word !== undefined).map(textOf);
  return `${head.join(' ')}\n${err === undefined ? '' : `${textOf(err)}\n`}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
