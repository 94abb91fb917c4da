/**
 * textDocument/definition: from a path to its file, from `$TP`, a constant or what is imported to where it is set, from `${model.hidden}` to that
 * key, from "auto" in a DeepSpeed file to what fills it.
 */
import type { DefinitionParams, Location } from 'vscode-languageserver';
import type { Place } from '../core/origin.ts';
import type { Analysis } from '../engine/analysis.ts';
import { kernelCounterparts, kernelSpotAt } from '../engine/kernel-spots.ts';
import { normalUri } from '../io/uris.ts';
import { placeIn } from '../syntax/document.ts';
import { referenceAt } from '../syntax/interpolation.ts';
import { toLocation } from './convert.ts';
import { fieldsAt, linkAt, wordAt } from './lookup.ts';
import { importedPlace, nameHere, settingsOf } from './name.ts';
import type { Session } from './session.ts';

export async function definition(session: Session, { textDocument, position }: DefinitionParams): Promise<Location[]> {
  const analysis = await session.analysisOf(textDocument.uri);
  const lines = session.lines(textDocument.uri);
  if (!analysis || !lines) return [];
  const offset = lines.offsetAt(position);
  const places = placesAt(analysis, offset) ?? (await fillersOf(session, analysis, offset));
  return places.flatMap((place) => toLocation(place, session.lines) ?? []);
}

/** Where what stands at an offset comes from, as far as the document and the files it names tell. */
function placesAt(analysis: Analysis, offset: number): readonly Place[] | undefined {
  const { document, uri } = analysis;
  const spot = kernelSpotAt(analysis, offset);
  const counterparts = spot && kernelCounterparts(analysis, spot);
  if (counterparts?.[0]) return counterparts;
  const name = nameHere(analysis, offset);
  const set = name && settingsOf(analysis, name).filter(({ range, uri: file }) => file !== uri || range.start !== name.at.start);
  if (set?.[0]) return [set[0]];
  const imported = importedPlace(analysis, offset);
  if (imported) return [imported];
  const link = linkAt(analysis, offset);
  if (link?.uri !== undefined && link.uri !== uri) return [{ uri: link.uri, range: { start: 0, end: 0 } }];
  const reference = referenceAt(document, offset);
  if (reference) return [{ uri, range: reference.entry.key }];
  const at = wordAt(analysis, offset);
  const isSetElsewhere = at && at.word.through.length > 0 && at.word.value.start !== at.word.range.start;
  return isSetElsewhere ? [placeIn(document, at.word.value)] : undefined;
}

/** The arguments of the launches that use this file, where it leaves a value to them. */
async function fillersOf(session: Session, analysis: Analysis, offset: number): Promise<readonly Place[]> {
  const found = fieldsAt(analysis, offset);
  const fields = found?.fields.filter((field) => found.job.sources[field]?.kind === 'auto') ?? [];
  if (fields.length === 0) return [];
  const own = normalUri(analysis.uri);
  const places: Place[] = [];
  for (const user of session.index.dependants(own)) {
    const jobs = (await session.analysisOf(user))?.jobs ?? [];
    for (const { sources, links } of jobs) {
      if (!links.some(({ uri }) => uri !== undefined && normalUri(uri) === own)) continue;
      for (const field of fields) {
        const origin = sources[field];
        if (origin?.kind === 'key') places.push({ uri: origin.keyUri ?? origin.uri, range: origin.key });
      }
    }
  }
  return places;
}
