import type { Reporter, TestModule } from 'vitest/node';

/** Files whose times are told: those that a quicker suite would begin with. */
const SLOWEST = 15;

/** Ends a test run with its slowest files and one plain line that any CI can read. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    // A file that could not be loaded has no tests, and is a failure all the same.
    const broken = modules.filter(
      (module) => !module.ok() && [...module.children.allTests()].every((test) => test.ok()),
    );
    const failed = count('failed') + broken.length + unhandledErrors.length;
    const skipped = count('skipped');
    const slowest = modules
      .map((module) => ({ name: module.relativeModuleId, ms: module.diagnostic().duration }))
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, SLOWEST)
      .map(({ name, ms }) => `${(ms / 1_000).toFixed(1).padStart(7)} s  ${name}\n`);
    if (modules.length > 1) process.stdout.write(`\nThe slowest files:\n${slowest.join('')}`);
    process.stdout.write(
      `\n${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
    );
  }
}
