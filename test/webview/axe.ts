/** axe-core on a page: what it complains of that keeps people out. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

declare const axe: { readonly run: () => Promise<AxeResults> };

/** Serious violations with the elements. Throws when hardly anything was looked at. */
export async function violationsIn(page: Page): Promise<readonly string[]> {
  // Evaluated by the test, not by the page: its policy lets no other script in.
  await page.evaluate(source);
  const found = await page.evaluate(() => axe.run());
  if (found.passes.length <= 10) throw new Error(`only ${found.passes.length} rules had anything to look at`);
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join('; ')}`);
}
