import { follow } from './event-stream.js';
import { textOf, textOfBody } from './text.js';

/** Characters of a running output that are shown: the last ones. */
const MAX_CHARS = 200_000;

const PREFERENCE = 'respond-async';

/** What is known of an execution before its first event: it may wait for its turn. */
export const STARTED = { status: 'in progress', output: '' };

/** What is known of an execution after an event. */
export function after(run, { type, data }) {
  if (type === 'progress') return { ...run, progress: data };
  if (type === 'output') return { ...run, output: (run.output + data.text).slice(-MAX_CHARS) };
  if (type === 'result') {
    const output = textOf({ ...data, result: data.result ?? run.output }) ?? '';
    return { ...run, status: data.status, output };
  }
  if (type === 'problem') return { ...run, problem: data };
  return run;
}

/** Sends the preference of a call with it. A stream would be answered with its events instead. */
export const sendPreference =
  (execute) =>
  ({ prefer, ...call }) => {
    if (prefer === undefined) return execute(call);
    const headers = { accept: 'application/json', Prefer: prefer };
    const requestInterceptor = (request) =>
      call.requestInterceptor({ ...request, headers: { ...request.headers, ...headers } });
    return execute({ ...call, requestInterceptor });
  };

/** The button that runs a tool and follows it, beside the one that waits for its answer. */
export const withFollow = (Execute, { React: { createElement: h, Fragment } }) =>
  function ExecuteOrFollow(props) {
    const { specActions, operation, path, method, disabled, onExecute } = props;
    const execute = h(Execute, props);
    if (method !== 'post' || !operation.hasIn(['responses', '202'])) return execute;
    const onClick = () => {
      onExecute();
      specActions.execute({ operation, path, method, extras: { prefer: PREFERENCE } });
    };
    const button = h(
      'button',
      { type: 'button', className: 'btn tool-follow', onClick, disabled },
      'Run and follow',
    );
    return h(Fragment, null, execute, button);
  };

/** The answer to a call, and above it the execution that goes on. */
export const withExecution = (
  LiveResponse,
  { React: { createElement: h, Fragment }, getComponent },
) =>
  function ResponseWithExecution(props) {
    const { response } = props;
    const location = response.getIn(['headers', 'location']);
    const answer = h(LiveResponse, props);
    if (response.get('status') !== 202 || location === undefined) return answer;
    const address = new URL(location, response.get('url')).href;
    return h(Fragment, null, h(getComponent('ToolExecution'), { key: address, address }), answer);
  };

/** The header by which the page proves who it is. */
function authorizationIn({ fn, authSelectors, specSelectors }) {
  const { headers } = fn.buildRequest({
    spec: specSelectors.specJsonWithResolvedSubtrees().toJS(),
    operationId: 'cancel_execution',
    parameters: { id: 'any' },
    securities: {
      authorized: authSelectors.authorized()?.toJS(),
      definitions: specSelectors.securityDefinitions()?.toJS(),
      specSecurity: specSelectors.security()?.toJS(),
    },
  });
  const { Authorization } = headers;
  return Authorization === undefined ? {} : { Authorization };
}

/** Sends a request as the page. @throws Error with the detail of a refusal */
async function send(system, address, { headers, ...request }) {
  const authorization = authorizationIn(system);
  const answer = await fetch(address, { ...request, headers: { ...authorization, ...headers } });
  if (answer.ok) return answer;
  const detail = textOfBody(await answer.text(), answer.headers.get('content-type') ?? '');
  throw Object.assign(new Error(detail ?? answer.statusText), { status: answer.status });
}

/** An execution: how it stands, its output, and a button that cancels it. */
export const executionView = ({ React, getSystem }) => {
  const { createElement: h, useEffect, useReducer, useState } = React;

  return function ToolExecution({ address }) {
    const [run, dispatch] = useReducer(after, STARTED);
    const [isCancelled, setCancelled] = useState(false);
    const fail = ({ message }) => dispatch({ type: 'problem', data: message });

    useEffect(() => {
      const stop = new AbortController();
      const ask = (headers) =>
        send(getSystem(), `${address}/events`, { headers, signal: stop.signal });
      const show = async () => {
        for await (const event of follow(ask)) dispatch(event);
      };
      show().catch((error) => stop.signal.aborted || fail(error));
      return () => stop.abort();
    }, [address]);

    const cancel = () => {
      setCancelled(true);
      send(getSystem(), address, { method: 'DELETE' }).catch(fail);
    };
    const isOver = run.status !== STARTED.status;
    const Text = getSystem().getComponent('ToolText');
    return h(
      'section',
      { className: 'tool-execution', 'aria-label': 'Execution' },
      h('h4', null, 'Execution ', h('code', null, address.split('/').at(-1))),
      statusView(h, run, isOver),
      run.problem && h('p', { role: 'alert' }, run.problem),
      !isOver &&
        h(
          'button',
          { type: 'button', className: 'btn cancel', onClick: cancel, disabled: isCancelled },
          isCancelled ? 'Cancelling' : 'Cancel execution',
        ),
      run.output !== '' && h(Text, { title: 'Output', text: run.output, grows: !isOver }),
    );
  };
};

function statusView(h, { status, progress }, isOver) {
  const { progress: done, total, message } = progress ?? {};
  const count = total === undefined ? done : `${done} of ${total}`;
  const texts = isOver ? [status] : [status, count, message];
  return h(
    'div',
    { className: 'tool-execution__status' },
    h('p', { role: 'status' }, texts.filter((text) => text !== undefined).join(' · ')),
    !isOver &&
      h('progress', {
        'aria-label': 'Progress',
        max: total ?? 1,
        ...(total !== undefined && { value: done }),
      }),
  );
}
