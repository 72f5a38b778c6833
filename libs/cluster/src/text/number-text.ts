const INT64 = 2 ** 63;

/** Up to here Go's YAML keeps whole numbers as they are, and elsewhere Kubernetes does. */
const LIMITS = { yaml: 2n ** 64n, table: 2n ** 63n };

/**
 * A JSON number as Go programs print it, and so kubectl in YAML and in tables: `12345678901`,
 * `9223372036854775807`, `0.5`, but `1.2345675e+06`.
 */
export function numberText(value: number | bigint, place: keyof typeof LIMITS): string {
  if (typeof value === 'bigint') {
    const isWhole = value < LIMITS[place] && value >= -(2n ** 63n);
    return isWhole ? String(value) : floatText(Number(value));
  }
  return Number.isInteger(value) && Math.abs(value) < INT64 ? String(value) : floatText(value);
}

function floatText(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  if (Number(exponent) >= -4 && Number(exponent) < 6) return String(value);
  const sign = exponent.charAt(0);
  return `${digits}e${sign}${exponent.slice(1).padStart(2, '0')}`;
}
