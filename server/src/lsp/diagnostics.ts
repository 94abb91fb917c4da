/** Diagnostics of one document: findings of the rules and problems of reading. */
import type { Diagnostic } from 'vscode-languageserver';
import { type Analysis, allFindings } from '../engine/analysis.ts';
import { suppressionsOf } from '../engine/suppress.ts';
import { findingToDiagnostic, problemToDiagnostic } from './convert.ts';
import type { Session } from './session.ts';

/** More of them help nobody; a broken file can have thousands. */
const most = 500;

export function diagnosticsOf(session: Session, analysis: Analysis): Diagnostic[] {
  const lines = session.lines(analysis.uri);
  if (!lines) return [];
  const options = {
    lines: session.lines,
    version: analysis.version,
    docsBase: session.docsBase,
    relatedInformation: session.abilities.relatedInformation,
  };
  const findings = allFindings(analysis).flatMap((placed) => findingToDiagnostic(placed, options) ?? []);
  const problems = analysis.problems.map((problem) => problemToDiagnostic(problem, lines, options));
  const { covers } = suppressionsOf(analysis.document.text);
  const elsewhere = session.dependants.of(analysis.uri).filter(({ code, range }) => !covers(String(code), lines.offsetAt(range.start)));
  return distinct([...problems, ...findings, ...elsewhere]).slice(0, most);
}

/** Launches that share their flags share their findings: the same words at the same place are said once. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ range, code, message }) => {
    const key = JSON.stringify([range, code, message]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
