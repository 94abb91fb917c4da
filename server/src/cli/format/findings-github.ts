/**
 * Findings as GitHub workflow commands, which become annotations of a pull request.
 * Source: GitHub documentation, "Workflow commands for GitHub Actions", setting an error message.
 */
import type { Severity } from '../../core/finding.ts';
import type { Entry } from '../findings.ts';

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

const data = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const property = (text: string): string => data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');

/** One command per entry. A range over several lines has no columns: GitHub refuses them there. */
export function findingsGithub(entries: readonly Entry[]): string {
  return entries
    .map(({ rule, severity, message, place }) => {
      const columns = place.endLine === place.line ? `,col=${place.column},endColumn=${place.endColumn}` : '';
      const where = `file=${property(place.path.replaceAll('\\', '/'))},line=${place.line},endLine=${place.endLine}${columns}`;
      return `::${levels[severity]} ${where},title=${property(`rooflint ${rule}`)}::${data(message)}\n`;
    })
    .join('');
}
