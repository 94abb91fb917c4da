// Runs named steps and adds up what passed. A step that fails never stops one that does not need it.
/**
 * A step is `{ name, needs?, run }`; `run` resolves to `{ passed, failed, why? }`. A step whose `needs` failed counts as
 * one failure: nothing is skipped in silence. Resolves to the sum.
 */
export async function runSteps(steps) {
  const done = new Map();
  for (const step of steps) {
    const blocked = (step.needs ?? []).filter((name) => done.get(name)?.failed !== 0);
    console.log(`\n== ${step.name}`);
    const start = process.hrtime.bigint();
    const result = blocked.length > 0 ? { passed: 0, failed: 1, why: `needs ${blocked.join(' and ')}, which failed` } : await guarded(step);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    if (result.why) console.log(`FAIL ${result.why}`);
    done.set(step.name, { ...result, seconds });
  }
  printTable(done);
  const sum = (key) => [...done.values()].reduce((total, result) => total + result[key], 0);
  return { passed: sum('passed'), failed: sum('failed') };
}

/** A check that is one program: it passes when the program exits with 0. */
export function asResult(code, what) {
  if (code === 0) return { passed: 1, failed: 0 };
  return { passed: 0, failed: 1, why: code === 124 ? `${what} took too long and was stopped` : `${what} ended with exit code ${code}` };
}

async function guarded(step) {
  try {
    return await step.run();
  } catch (error) {
    return { passed: 0, failed: 1, why: error.message };
  }
}

function printTable(done) {
  console.log('\nstep                                passed  failed  seconds');
  for (const [name, { passed, failed, seconds }] of done) {
    console.log(`${name.padEnd(34)}${String(passed).padStart(8)}${String(failed).padStart(8)}${seconds.toFixed(1).padStart(9)}`);
  }
}
