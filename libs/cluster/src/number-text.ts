const INT64 = 2 ** 63;

/** A JSON number as Go programs print it, and so kubectl in tables and YAML: `12345678901`, `0.5`, but `1.2345675e+06`. */
export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < INT64) return String(value);
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  if (Number(exponent) >= -4 && Number(exponent) < 6) return String(value);
  const sign = exponent.charAt(0);
  return `${digits}e${sign}${exponent.slice(1).padStart(2, '0')}`;
}
