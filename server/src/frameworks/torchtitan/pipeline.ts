/**
 * Pipelines of torchtitan: schedules that loop have two stages on each rank unless told otherwise, the embedding and the
 * output count as a layer each, and stages may be written out module by module.
 * Source: torchtitan/distributed/pipeline_parallel.py, pipeline_llm and generate_llm_fqn_per_model_part, at 238fa995.
 */
import type { ScheduleName } from '../../core/job-fields.ts';
import type { Draft } from '../draft.ts';
import { keyOrigin, setDefault, setDerived, setField } from '../draft.ts';
import type { Find } from '../find.ts';
import type { Setting } from '../setting.ts';
import { settingNumber } from '../setting.ts';
import { linkWrittenOrder } from '../torch-pipelining/link.ts';
import type { Release } from './versions.ts';

const single: ReadonlySet<ScheduleName> = new Set(['1f1b', 'gpipe']);
const folded: ReadonlySet<ScheduleName> = new Set(['zb-v', 'dualpipe-v']);

const names = (key: string): readonly string[] => [`parallelism.${key}`, `experimental.${key}`];

/** Reads how layers are dealt out to stages; without a pipeline nothing of it matters. */
export function readPipeline(draft: Draft, find: Find, settings: readonly Setting[], { countsEnds }: Release): void {
  linkWrittenOrder(draft, find(...names('pipeline_parallel_schedule_csv')));
  const { 'parallel.pipeline': pp } = draft.job;
  for (const name of ['first_stage', 'last_stage'] as const) find(`parallelism.pipeline_parallel_${name}_less_layers`);
  find(...names('pipeline_parallel_split_points'));
  const parts = modules(draft, find, settings);
  const perStage = find(...names('pipeline_parallel_layers_per_stage'));
  if (pp === 1) withoutPipeline(draft);
  if (pp === undefined || pp <= 1) return;
  setDefault(draft, 'parallel.schedule', '1f1b', 'pipeline_parallel_schedule is 1F1B in torchtitan/config/job_config.py');
  if (parts) return;
  if (countsEnds) readEnds(draft, find);
  readStages(draft, perStage, pp);
}

/** A schedule is written in many files that have no pipeline; it decides nothing there. */
function withoutPipeline(draft: Draft): void {
  const { 'parallel.schedule': schedule } = draft.job;
  if (schedule !== undefined) draft.facts.pp_schedule = schedule;
  delete draft.job['parallel.schedule'];
  delete draft.sources['parallel.schedule'];
}

/** How much the embedding and the output weigh, in layers; only one or none can be followed. */
function readEnds(draft: Draft, find: Find): void {
  for (const [name, field] of [
    ['first', 'parallel.embeddingCountsAsLayer'],
    ['last', 'parallel.lossCountsAsLayer'],
  ] as const) {
    const setting = find(`parallelism.pipeline_parallel_${name}_stage_less_layers`);
    const written = settingNumber(setting);
    if (setting !== undefined && written !== undefined) setDerived(draft, field, written > 0, [], `${setting.spelling} is ${written}`);
    else setDefault(draft, field, true, `pipeline_parallel_${name}_stage_less_layers is 1 in torchtitan/config/job_config.py`);
  }
}

function readStages(draft: Draft, perStage: Setting | undefined, pp: number): void {
  const { 'parallel.schedule': schedule, 'model.layers': layers } = draft.job;
  const wanted = settingNumber(perStage);
  if (wanted !== undefined && wanted > 0 && layers !== undefined) {
    const ends = Number(draft.job['parallel.embeddingCountsAsLayer'] ?? false) + Number(draft.job['parallel.lossCountsAsLayer'] ?? false);
    const stages = Math.ceil((layers + ends) / wanted);
    if (stages % pp === 0) {
      const how = `(layers + ends) / pipeline_parallel_layers_per_stage ${wanted} / PP, rounded up`;
      setDerived(draft, 'parallel.virtualStages', stages / pp, ['model.layers', 'parallel.pipeline'], how);
    }
    return;
  }
  if (schedule === undefined) return;
  const stages = single.has(schedule) ? 1 : 2;
  setDefault(draft, 'parallel.virtualStages', stages, `${schedule} has ${stages === 1 ? 'one stage' : 'two stages'} on each rank`);
}

/** `module_fqns_per_model_part` as a layout of letters; a V of stages is no such layout. */
function modules(draft: Draft, find: Find, settings: readonly Setting[]): boolean {
  const key = 'parallelism.module_fqns_per_model_part';
  const list = find(key);
  const chunks = settings.filter(({ name }) => new RegExp(`^${key}\\.\\d+$`).test(name));
  for (const setting of settings) if (setting.name.startsWith(`${key}.`)) draft.used.add(setting);
  if (list === undefined || chunks.length === 0) return false;
  const { 'parallel.schedule': schedule } = draft.job;
  if (schedule !== undefined && folded.has(schedule)) return true;
  const letters = chunks.map(({ name }) =>
    settings.flatMap((one) => (one.name.startsWith(`${name}.`) ? [letterOf(String(one.scalar ?? ''))] : [])).join(''),
  );
  setField(draft, 'parallel.pipelineLayout', letters.join('|'), keyOrigin(draft, list));
  return true;
}

function letterOf(module: string): string {
  if (/^layers\./.test(module)) return 't';
  if (/embed/.test(module)) return 'E';
  return /^(?:output|lm_head)$/.test(module) ? 'L' : '';
}
