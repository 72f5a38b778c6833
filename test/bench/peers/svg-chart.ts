const FONT = 'font-family="system-ui, sans-serif" font-size="13"';
const INK = '#1f2328';
const PALE = '#d1d9e0';

interface Bar {
  label: string;
  value: number;
  /** Drawn in the strong colour. */
  isOwn?: boolean;
}

const ROW = 30;
const LABELS = 250;
const BARS = 420;
const VALUES = 90;

/** Horizontal bars with their values, as SVG. */
export function barChart(title: string, bars: readonly Bar[], unit: string): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const rows = bars.map(({ label, value, isOwn }, index) => {
    const y = 40 + index * ROW;
    const length = Math.max(1, (value / most) * BARS);
    return [
      text(LABELS - 8, y + 14, label, 'end'),
      `<rect x="${LABELS}" y="${y}" width="${length.toFixed(1)}" height="20" fill="${isOwn ? '#0969da' : '#8c959f'}"/>`,
      text(LABELS + length + 6, y + 14, `${figure(value)} ${unit}`),
    ].join('\n');
  });
  const height = 50 + bars.length * ROW;
  return svg(LABELS + BARS + VALUES + 30, height, [text(12, 22, title, 'start', 600), ...rows]);
}

/** A line of a chart: its points from left to right, as x and y. */
export interface Line {
  label: string;
  color: string;
  points: readonly (readonly [number, number])[];
}

interface Axes {
  title: string;
  /** What y counts. */
  unit: string;
  /** Steps of ten on y, as on x; from zero upwards otherwise. */
  isLogarithmic: boolean;
}

const PLOT = { left: 70, top: 40, width: 330, height: 220 };

/** Two charts side by side, their x in steps of ten, as SVG. */
export function lineCharts(charts: readonly (Axes & { lines: readonly Line[] })[]): string {
  const width = PLOT.left + PLOT.width + 40;
  const parts = charts.map(
    (chart, index) => `<g transform="translate(${index * width} 0)">\n${lineChart(chart)}\n</g>`,
  );
  const legend = Math.max(...charts.map(({ lines }) => lines.length)) * 18;
  return svg(width * charts.length, PLOT.top + PLOT.height + 50 + legend, parts);
}

function lineChart({ title, unit, isLogarithmic, lines }: Axes & { lines: readonly Line[] }) {
  const points = lines.flatMap(({ points: each }) => each);
  const xs = rangeOf(points.map(([x]) => Math.log10(x)));
  const values = points.map(([, y]) => y);
  const ys = isLogarithmic
    ? rangeOf(values.map((y) => Math.log10(y)))
    : { from: 0, to: Math.ceil(Math.max(...values) / 100) * 100 };
  const x = (value: number) =>
    PLOT.left + ((Math.log10(value) - xs.from) / (xs.to - xs.from)) * PLOT.width;
  const y = (value: number) => {
    const at = isLogarithmic ? Math.log10(value) : value;
    return PLOT.top + PLOT.height * (1 - (at - ys.from) / (ys.to - ys.from));
  };
  const ticks = isLogarithmic
    ? steps(ys.from, ys.to, 1).map((power) => 10 ** power)
    : steps(ys.from, ys.to, 100);
  const bottom = PLOT.top + PLOT.height;
  return [
    text(PLOT.left, 22, `${title}, ${unit}`, 'start', 600),
    ...ticks.flatMap((tick) => [
      `<path d="M${PLOT.left} ${y(tick).toFixed(1)}h${PLOT.width}" stroke="${PALE}"/>`,
      text(PLOT.left - 8, y(tick) + 4, figure(tick), 'end'),
    ]),
    ...[...new Set(points.map(([each]) => each))].map((each) =>
      text(x(each), bottom + 18, figure(each), 'middle'),
    ),
    ...lines.flatMap(({ label, color, points: each }, index) => [
      `<polyline fill="none" stroke="${color}" stroke-width="2" points="${each
        .map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`)
        .join(' ')}"/>`,
      `<path d="M${PLOT.left} ${bottom + 38 + index * 18}h20" stroke="${color}" stroke-width="2"/>`,
      text(PLOT.left + 28, bottom + 42 + index * 18, label),
    ]),
  ].join('\n');
}

function rangeOf(values: readonly number[]): { from: number; to: number } {
  return { from: Math.floor(Math.min(...values)), to: Math.ceil(Math.max(...values)) };
}

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: Math.round((to - from) / by) + 1 }, (_, index) => from + index * by);
}

function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function text(x: number, y: number, content: string, anchor = 'start', weight = 400): string {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}"`;
  return `<text ${place} ${FONT} font-weight="${weight}" fill="${INK}" text-anchor="${anchor}">${content}</text>`;
}

function svg(width: number, height: number, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}
