/** The metrics of a server at one moment. */
export class MetricText {
  /** By name, with all labels. */
  private readonly values = new Map<string, { labels: Record<string, string>; value: number }[]>();
  /** The names that are declared, as `# TYPE` has them. */
  readonly names = new Set<string>();

  private constructor(readonly text: string) {
    for (const line of text.split('\n')) this.read(line);
  }

  /** Reads what is at an address. @param headers such as a credential */
  static async of(url: string, headers: Record<string, string> = {}): Promise<MetricText> {
    const answer = await fetch(`${url}/metrics`, { headers });
    if (!answer.ok) throw new Error(`${url}/metrics: ${answer.status}`);
    return new MetricText(await answer.text());
  }

  /** The sum of all series of a name that have some labels. */
  sum(name: string, labels: Record<string, string> = {}): number {
    const asked = Object.entries(labels);
    return (this.values.get(name) ?? [])
      .filter((series) => asked.every(([label, value]) => series.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }

  /** How much such a sum has grown since an earlier moment. */
  growth(since: MetricText, name: string, labels: Record<string, string> = {}): number {
    return this.sum(name, labels) - since.sum(name, labels);
  }

  /** The values that a label has, of a name. */
  labelValues(name: string, label: string): Set<string | undefined> {
    return new Set((this.values.get(name) ?? []).map(({ labels }) => labels[label]));
  }

  private read(line: string): void {
    const [, declared] = /^# TYPE (\S+)/.exec(line) ?? [];
    if (declared !== undefined) this.names.add(declared);
    const [, name, inside = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) return;
    const labels = Object.fromEntries(
      [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]),
    ) as Record<string, string>;
    this.values.set(name, [...(this.values.get(name) ?? []), { labels, value: Number(value) }]);
  }
}
