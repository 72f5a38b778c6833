/** An event of a stream (WHATWG HTML, 9.2). */
export interface ServerSentEvent {
  id: string | undefined;
  event: string;
  data: string;
}

/** Makes events of the text of a stream, as it comes. */
export class EventParser {
  /** Text of a line whose end has not come. */
  private readonly begun: string[] = [];
  private fields = new Map<string, string>();
  private endsWithReturn = false;

  /** The events that end with this text. */
  *take(text: string): Generator<ServerSentEvent, void> {
    // The other half of a line end.
    const rest = this.endsWithReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') this.endsWithReturn = text.endsWith('\r');
    const lines = rest.split(/\r\n|\n|\r/);
    const last = lines.pop() ?? '';
    for (const line of lines) {
      const event = this.line(this.begun.splice(0).join('') + line);
      if (event) yield event;
    }
    if (last !== '') this.begun.push(last);
  }

  private line(line: string): ServerSentEvent | undefined {
    if (line === '') return this.end();
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    const before = name === 'data' ? this.fields.get('data') : undefined;
    this.fields.set(name, before === undefined ? value : `${before}\n${value}`);
    return undefined;
  }

  private end(): ServerSentEvent | undefined {
    const { fields } = this;
    this.fields = new Map();
    const data = fields.get('data');
    if (data === undefined) return undefined;
    return { id: fields.get('id'), event: fields.get('event') ?? 'message', data };
  }
}
