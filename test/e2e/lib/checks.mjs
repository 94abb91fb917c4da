// Counts the checks of one editor test and writes the count where scripts/test.mjs reads it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { out } from '../../../scripts/lib/paths.mjs';

/** `folder` is the test's own below out/. */
export function createChecks(folder) {
  const counts = { passed: 0, failed: 0 };
  const directory = join(out, folder);
  mkdirSync(directory, { recursive: true });
  return {
    directory,
    /** Runs one check; it passes when `run` does not throw. `onFailure` may save what it looked like. */
    async check(what, run, onFailure) {
      try {
        const seen = await run();
        counts.passed++;
        console.log(`ok   ${what}${typeof seen === 'string' ? `: ${seen}` : ''}`);
      } catch (error) {
        counts.failed++;
        console.log(`FAIL ${what}: ${error.message ?? error}`);
        await onFailure?.(what);
      }
    },
    add({ passed, failed }) {
      counts.passed += passed;
      counts.failed += failed;
    },
    finish() {
      writeFileSync(join(directory, 'result.json'), JSON.stringify(counts));
      console.log(`${counts.passed} passed, ${counts.failed} failed`);
      process.exitCode = counts.failed > 0 ? 1 : 0;
    },
  };
}

/** Starting a browser or an editor may fail for reasons that are not ours; checks are never repeated. */
export async function startWithRetry(what, start) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      console.log(`${what} did not start (attempt ${attempt} of 3): ${error.message}`);
      if (attempt === 3) throw error;
    }
  }
}
