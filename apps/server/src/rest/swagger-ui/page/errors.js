const PROBLEM = 'application/problem+json';

/** What each code says. */
export const MEANINGS = {
  invalid_input: 'a parameter is wrong: see errors',
  unauthenticated: 'the request proves nobody',
  forbidden: 'the cluster or the server does not allow it',
  approval_required: 'somebody has to approve the call first',
  not_found: 'there is no such object; the nearest names are listed',
  conflict: 'the present state does not allow it',
  precondition: 'the present state is not the one that was expected',
  failed: 'a program or an admission refused its input',
  busy: 'too many calls wait',
  cancelled: 'the caller hung up, or somebody cancelled',
  upstream: 'the cluster or a program is at fault',
  unavailable: 'the cluster or the database does not answer',
  timeout: 'the time limit was reached',
  internal: 'a bug in the server',
};

/** The code of a status whose description names none. */
const CODES = {
  400: 'invalid_input',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  412: 'precondition',
  413: 'invalid_input',
  415: 'invalid_input',
  422: 'invalid_input',
  429: 'busy',
  500: 'internal',
  503: 'unavailable',
};

const isProblem = (response) => response.hasIn(['content', PROBLEM]);
const isCode = (word) => word in MEANINGS;

/** The cells of a row. The description of a response has meanings, codes, or both. */
function rowOf(response, status) {
  const words = response.get('description', '').split(', ');
  const named = words.filter(isCode);
  const said = words.filter((word) => !isCode(word)).join(', ');
  const meanings = [said, ...named.map((code) => MEANINGS[code])].filter(Boolean).join('; ');
  const headers = response.get('headers')?.keySeq().join(', ');
  const meaning = headers ? `${meanings} (${headers})` : meanings;
  const codes = named.length > 0 ? named : [CODES[status]];
  return [status, meaning, codes.join(', ')];
}

/** The answers of an operation, with all its errors in one table. */
export const withErrorTable = (Responses, { React: { createElement: h, Fragment } }) =>
  function ResponsesWithErrorTable(props) {
    const errors = props.responses.filter(isProblem);
    if (errors.size === 0) return h(Responses, props);
    const others = props.responses.filterNot(isProblem);
    return h(
      Fragment,
      null,
      h(Responses, { ...props, responses: others }),
      h(
        'details',
        { className: 'tool-details tool-errors' },
        h('summary', null, `Errors: ${errors.keySeq().join(', ')}`),
        h('p', null, `The body is a Problem (${PROBLEM}), which the schemas describe.`),
        tableOf(h, errors.map(rowOf).valueSeq().toArray()),
      ),
    );
  };

function tableOf(h, rows) {
  const row = (cell, texts) => h('tr', null, ...texts.map((text) => h(cell, null, text)));
  return h(
    'table',
    null,
    h('thead', null, row('th', ['Status', 'Meaning', 'Code'])),
    h('tbody', null, ...rows.map((texts) => row('td', texts))),
  );
}
