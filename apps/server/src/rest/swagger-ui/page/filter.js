/**
 * The operations that a phrase finds: each of its words is in the name, the path or the title. A
 * tag whose name it finds keeps all its operations.
 */
export function opsFilter(taggedOps, phrase) {
  const words = phrase.toLowerCase().split(/\s+/);
  const fits = (...texts) => words.every((word) => texts.join(' ').toLowerCase().includes(word));
  const fitting = (each) =>
    fits(
      each.getIn(['operation', 'operationId']),
      each.get('path'),
      each.getIn(['operation', 'summary']),
    );
  return taggedOps
    .map((tag, name) =>
      fits(name) ? tag : tag.update('operations', (operations) => operations.filter(fitting)),
    )
    .filter((tag) => tag.get('operations').size > 0);
}

const phraseIn = ({ layoutSelectors }) => {
  const filter = layoutSelectors.currentFilter();
  return typeof filter === 'string' ? filter : '';
};

/** The input of the filter. That of Swagger UI says that it looks at tags. */
export const filterInput = ({ React: { createElement: h } }) =>
  function FilterContainer(props) {
    const input = h('input', {
      className: 'operation-filter-input',
      type: 'search',
      placeholder: 'Filter by name, path or title',
      'aria-label': 'Filter by name, path or title',
      value: phraseIn(props),
      onChange: ({ target }) => props.layoutActions.updateFilter(target.value),
    });
    return h(
      'div',
      { className: 'filter-container' },
      h('div', { className: 'filter wrapper' }, input),
    );
  };

/** Says that the filter finds nothing. Swagger UI says that there is nothing to find. */
export const withNoMatch = (Operations, { React: { createElement: h } }) =>
  function OperationsOrNone(props) {
    const phrase = phraseIn(props);
    if (phrase === '' || props.specSelectors.taggedOperations().size > 0) {
      return h(Operations, props);
    }
    return h('p', { role: 'status' }, `No operation has "${phrase}" in its name, path or title.`);
  };
