/** One line of a container's log: its stream and what it says, given its running number. */
export type LogLines = (number: number) => { stream: 'stdout' | 'stderr'; text: string };

const paths = ['/', '/products', '/products/42', '/cart', '/healthz', '/assets/app.js'];
const statuses = [200, 200, 200, 304, 200, 404, 200, 500];

const accessLog: LogLines = (number) => {
  const path = paths[number % paths.length];
  const status = statuses[number % statuses.length];
  const bytes = 180 + ((number * 37) % 4000);
  return {
    stream: 'stdout',
    text: `10.0.0.${10 + (number % 40)} "GET ${path} HTTP/1.1" ${status} ${bytes} ${(number * 7) % 90}ms`,
  };
};

const application: LogLines = (number) => {
  if (number % 17 === 11) {
    const text = `level=error msg="upstream timed out" request=${number} after=3s`;
    return { stream: 'stderr', text };
  }
  if (number % 7 === 5) {
    return { stream: 'stdout', text: `level=warn msg="slow query" request=${number} took=740ms` };
  }
  return { stream: 'stdout', text: `level=info msg="request served" request=${number}` };
};

const proxy: LogLines = (number) => ({
  stream: 'stdout',
  text: `[proxy] upstream=127.0.0.1:8080 connections=${number % 12} bytes=${number * 512}`,
});

const database: LogLines = (number) => ({
  stream: 'stderr',
  text: `LOG:  checkpoint ${number} complete: wrote ${(number * 13) % 200} buffers`,
});

const linesByContainer: Record<string, LogLines> = {
  nginx: accessLog,
  sidecar: proxy,
  postgres: database,
};

/** What a container of that name says while it runs. */
export function logLinesOf(container: string): LogLines {
  return linesByContainer[container] ?? application;
}

/** What a container says that dies because its database host does not resolve. */
export const crashLog = [
  'level=info msg="starting" version=1.1.0',
  'level=info msg="connecting to the database" host=postgres.shop.invalid port=5432',
  'level=error msg="lookup postgres.shop.invalid: no such host" attempt=3',
  'level=fatal msg="no database connection, giving up; check DATABASE_HOST"',
];

/** A line as the kubelet keeps it (CRI log format). */
export function criLine(time: Date, stream: 'stdout' | 'stderr', text: string): string {
  return `${time.toISOString().replace('Z', '000000Z')} ${stream} F ${text}\n`;
}
