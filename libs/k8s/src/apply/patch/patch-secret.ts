import { isRecord } from '#base';
import { invalidField } from '#tools';

/** The operations of a JSON patch (RFC 6902) that cannot reveal a present value. */
const SILENT = ['add', 'remove', 'replace'];

/**
 * Refuses a patch that could reveal a value of a Secret: `copy` and `move` can bring it to a place
 * where it is shown, and `test` confirms guesses.
 * @throws ToolError `invalid_input`
 */
export function refuseRevealing(patch: unknown): void {
  const operations = Array.isArray(patch) ? patch.filter(isRecord) : [];
  const loud = operations.find(({ op }) => typeof op !== 'string' || !SILENT.includes(op));
  if (!loud) return;
  const { op } = loud;
  const name =
    typeof op === 'string' ? `the operation "${op.slice(0, 20)}"` : 'an operation without "op"';
  const message = `has ${name}, which is not allowed on a Secret, because it could reveal a value. Nothing was changed`;
  throw invalidField('patch', message, { accepts: `the operations ${SILENT.join(', ')}` });
}
