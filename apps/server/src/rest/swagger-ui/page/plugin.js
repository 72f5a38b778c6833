import { withErrorTable } from './errors.js';
import { executionView, sendPreference, withExecution, withFollow } from './execution.js';
import { filterInput, opsFilter, withNoMatch } from './filter.js';
import { withBodyLabel, withCloseLabel, withLabel } from './labels.js';
import { textView, withText } from './text.js';

/** What this server adds to Swagger UI. */
export const plugin = (system) => ({
  fn: { opsFilter },
  components: {
    FilterContainer: filterInput(system),
    ToolText: textView(system),
    ToolExecution: executionView(system),
  },
  wrapComponents: {
    CloseIcon: withCloseLabel,
    JsonSchema_boolean: withLabel,
    JsonSchema_string: withLabel,
    TextArea: withBodyLabel,
    execute: withFollow,
    liveResponse: withExecution,
    operations: withNoMatch,
    responseBody: withText,
    responses: withErrorTable,
  },
  afterLoad() {
    this.fn.execute = sendPreference(this.fn.execute);
  },
});
