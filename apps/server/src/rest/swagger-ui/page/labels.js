/** Gives the control of a parameter its name. Swagger UI leaves lists of choices without one. */
export const withLabel = (Control, { React: { createElement: h } }) =>
  function LabelledControl(props) {
    const name = h('span', { className: 'tool-hidden' }, props.description);
    return h('label', null, name, h(Control, props));
  };

/** Gives the button that closes the dialog a name. */
export const withCloseLabel = (Icon, { React: { createElement: h, Fragment } }) =>
  function LabelledIcon(props) {
    return h(Fragment, null, h(Icon, props), h('span', { className: 'tool-hidden' }, 'Close'));
  };

/** Gives the field of the request body a name. */
export const withBodyLabel = (TextArea, { React: { createElement: h } }) =>
  function LabelledTextArea(props) {
    return h(TextArea, { 'aria-label': 'Request body', ...props });
  };
