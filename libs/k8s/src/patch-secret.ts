import { isRecord, ToolError } from '#tools';

/** The operations of a JSON patch (RFC 6902) that tell nothing of what is there. */
const SILENT = ['add', 'remove', 'replace'];

/**
 * Refuses what would tell a value of a Secret: `copy` and `move` bring it to where it is shown, and `test` answers guesses.
 * @throws ToolError `forbidden`
 */
export function refuseToTell(patch: unknown): void {
  const operations = Array.isArray(patch) ? patch.filter(isRecord) : [];
  const loud = operations.find(({ op }) => typeof op !== 'string' || !SILENT.includes(op));
  if (!loud) return;
  const name =
    typeof loud['op'] === 'string' ? `"${loud['op'].slice(0, 20)}"` : 'An operation without a name';
  const message = `${name} is not allowed on a Secret, as it could tell a value. Use ${SILENT.join(', ')}. Nothing was changed.`;
  throw new ToolError('forbidden', message, { errors: [{ field: 'patch', message }] });
}
