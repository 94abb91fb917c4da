/** textDocument/references: the places of a shell variable or of a Python constant, in sourced files too. */
import type { Location, ReferenceParams } from 'vscode-languageserver';
import { kernelPlace, kernelSpotAt, kernelSpots } from '../engine/kernel-spots.ts';
import { toLocation } from './convert.ts';
import { nameHere, usesOf } from './name.ts';
import type { Session } from './session.ts';

export async function references(session: Session, { textDocument, position, context }: ReferenceParams): Promise<Location[]> {
  const analysis = await session.analysisOf(textDocument.uri);
  const lines = session.lines(textDocument.uri);
  const spot = analysis && lines && kernelSpotAt(analysis, lines.offsetAt(position));
  if (spot) {
    const all = kernelSpots(analysis).filter(({ name, kind }) => name === spot.name && (context.includeDeclaration || kind === 'launch'));
    return all.flatMap(({ range }) => toLocation(kernelPlace(analysis, range), session.lines) ?? []);
  }
  const here = analysis && lines && nameHere(analysis, lines.offsetAt(position));
  if (!analysis || !here) return [];
  const writes = new Set(here.writes.map(({ start }) => start));
  return usesOf(analysis, here)
    .filter(({ uri, range }) => context.includeDeclaration || uri !== textDocument.uri || !writes.has(range.start))
    .flatMap((place) => toLocation(place, session.lines) ?? []);
}
