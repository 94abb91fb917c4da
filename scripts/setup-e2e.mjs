// Installs what the editor tests need, without running them. Usage: node scripts/setup-e2e.mjs
import { ensureCodeServer, ensureDebianTools } from './lib/e2e-tools.mjs';

const problems = [await ensureDebianTools(), await ensureCodeServer()].filter((problem) => problem !== undefined);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
