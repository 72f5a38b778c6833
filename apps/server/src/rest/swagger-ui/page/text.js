/** Pixels from its end within which a text counts as scrolled to it. */
const CLOSE_PX = 20;

const isText = (value) => typeof value === 'string' && value !== '';

/**
 * What a person reads of an answer: an output, a problem or an execution.
 * @returns undefined for an answer that has no text
 */
export function textOf({ result, detail, errors = [], output, error }) {
  if (error) return textOf({ ...error, output: result });
  const faults = errors.map(({ field, message }) => `${field}: ${message}`);
  const news = faults.filter((fault) => !detail?.includes(fault)).join('\n');
  const texts = [detail, news, output ?? result].filter(isText);
  return texts.length > 0 ? texts.join('\n\n') : undefined;
}

/** The text of the body of an answer, as `textOf`. */
export function textOfBody(content, contentType = '') {
  if (typeof content !== 'string') return undefined;
  if (contentType.startsWith('text/plain')) return content;
  if (!contentType.includes('json')) return undefined;
  try {
    return textOf(JSON.parse(content) ?? {});
  } catch {
    return undefined;
  }
}

/** Browsers have no `clipboard` on a page that came over plain HTTP from another machine. */
async function copy(text, element) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    getSelection().selectAllChildren(element);
    document.execCommand('copy');
  }
}

/**
 * A text with its line breaks, and a button that copies it. One that `grows` stays at its end,
 * unless somebody has scrolled back to read.
 */
export const textView = ({ React: { createElement: h, useEffect, useRef, useState } }) =>
  function ToolText({ title, text, grows = false }) {
    const element = useRef();
    const isAtEnd = useRef(true);
    const [copied, setCopied] = useState();
    useEffect(() => {
      if (grows && isAtEnd.current) element.current.scrollTop = element.current.scrollHeight;
    }, [text, grows]);
    const onScroll = ({ target: { scrollHeight, scrollTop, clientHeight } }) => {
      isAtEnd.current = scrollHeight - scrollTop - clientHeight < CLOSE_PX;
    };
    const onClick = () => copy(text, element.current).then(() => setCopied(text));
    const label = copied === text ? 'Copied' : 'Copy';
    return h(
      'section',
      { className: 'tool-text' },
      h(
        'div',
        { className: 'tool-text__head' },
        h('h5', null, title),
        h('button', { type: 'button', className: 'btn', onClick, 'aria-live': 'polite' }, label),
      ),
      // Who has no mouse can scroll what has the focus.
      h('pre', { ref: element, onScroll, tabIndex: 0, role: 'region', 'aria-label': title }, text),
    );
  };

/** The body of an answer: its text, and the JSON on demand. */
export const withText = (ResponseBody, { React: { createElement: h, Fragment }, getComponent }) =>
  function BodyWithText(props) {
    const text = textOfBody(props.content, props.contentType);
    if (text === undefined) return h(ResponseBody, props);
    const view = h(getComponent('ToolText'), { title: 'Text', text });
    if (text === props.content) return view;
    const json = h(
      'details',
      { className: 'tool-details' },
      h('summary', null, 'JSON'),
      h(ResponseBody, props),
    );
    return h(Fragment, null, view, json);
  };
