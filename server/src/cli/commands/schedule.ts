/** `rooflint schedule`: the simulated timeline of a pipeline schedule: of a job's file, of free parameters, or written by hand. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { TrainingEstimate } from '../../core/estimate.ts';
import type { PartialJob } from '../../core/job-fields.ts';
import { findSchedule } from '../../core/schedules/index.ts';
import { reshape } from '../../core/schedules/reshape.ts';
import type { LinkSharing, ScheduleRequest } from '../../core/schedules/schedule.ts';
import { type ScheduleSearch, searchSchedules } from '../../core/schedules/search.ts';
import { sendsBesideComputation } from '../../core/schedules/shape.ts';
import { type Simulation, simulate } from '../../core/schedules/simulate.ts';
import { orderAsCsv } from '../../core/schedules/written/print.ts';
import { type CellRows, csvRows, jsonRows } from '../../core/schedules/written/table.ts';
import type { JobAnalysis } from '../../engine/analysis.ts';
import { searchLimits, searchSchedulesOf } from '../../engine/schedule-search/search.ts';
import { type ClusterOptions, settingsFrom, withClusterOptions } from '../cluster-options.ts';
import { type ScheduleUnits, scheduleChrome, scheduleJson, scheduleText } from '../format/schedule.ts';
import { searchJson, searchText } from '../format/schedule-search.ts';
import { scheduleSvg } from '../format/schedule-svg.ts';
import { givenIn, hardwareOptions, type IsGiven, refuseIdle } from '../idle-options.ts';
import { type CliIo, exitCodes, UsageError } from '../io.ts';
import { jobOf } from '../job-of.ts';
import { positive, whole } from '../numbers.ts';
import { reasonOf } from '../reason.ts';
import {
  type FreeShape,
  type FreeTimes,
  freeRequest,
  namedShape,
  scheduleIds,
  scheduleNamed,
  sentence,
  writtenShape,
} from '../schedule-request.ts';
import { openSession } from '../session.ts';

interface ScheduleOptions extends ClusterOptions, FreeShape, FreeTimes {
  readonly schedule?: string;
  readonly order?: string;
  readonly job: number;
  readonly linkSharing: LinkSharing;
  readonly search?: boolean;
  readonly json?: boolean;
  readonly trace?: string;
  readonly svg?: string;
  readonly csv?: string;
}

/** What a command line asks for: a request, the unit of its times, and the search among other schedules. */
interface Asked {
  readonly request: ScheduleRequest;
  readonly units: ScheduleUnits;
  readonly search: () => ScheduleSearch;
}

export function scheduleCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  const command = withClusterOptions(program.command('schedule <target>'))
    .description(`Simulate a pipeline schedule. TARGET is a job's file, a written order (CSV, JSON), or a name: ${scheduleIds()}.`)
    .option('--schedule <name>', 'of a file: another schedule than the one it runs')
    .option('--order <file>', 'of a file: an order written as CSV (torch.distributed.pipelining) or JSON')
    .option('--job <N>', 'of a file: which launch, from 1', whole('--job'), 1)
    .option('--stages <P>', 'pipeline stages', whole('--stages'))
    .option('--micro-batches <M>', 'micro batches per step', whole('--micro-batches'))
    .option('--virtual-stages <V>', 'virtual stages per rank (VPP)', whole('--virtual-stages'))
    .option('--group <N>', 'micro batches run on one chunk before the next', whole('--group'));
  withTimes(command)
    .option('--search', 'which schedule is fastest within the memory, and why the others are not')
    .option('--json', 'every operation with its start and end')
    .option('--trace <file>', 'write a trace for Perfetto and chrome://tracing; "-" prints it')
    .option('--svg <file>', 'write the timeline as a picture')
    .option('--csv <file>', 'write the order as CSV for torch.distributed.pipelining')
    .addHelpText('after', '\nWithout a job times have any unit; results are in the same. Exit code 2 when the shape cannot be scheduled.')
    .action(async (target: string, options: ScheduleOptions, self: Command) => {
      const asked = await askedFor(target, options, givenIn(self), io);
      if (options.search)
        refuseIdle(['trace', 'svg', 'csv'], givenIn(self), '--search compares schedules and simulates none of them alone');
      refuseWithFiles(options, givenIn(self));
      const result = simulate(asked.request);
      if ('refused' in result) throw new UsageError(sentence(result.refused));
      if (options.search) {
        const search = asked.search();
        io.out(options.json ? `${searchJson(search)}\n` : searchText(search, asked.units));
      } else if (!writeFiles(result, asked, options, io)) {
        io.out(options.json ? `${scheduleJson(result)}\n` : scheduleText(result, asked.units));
      }
      done(exitCodes.clean);
    });
}

function withTimes(command: Command): Command {
  return command
    .option('--forward <T>', 'time of one forward pass of a stage', positive('--forward'), 1)
    .option('--backward-input <T>', 'time of the input half of one backward pass', positive('--backward-input'), 1)
    .option('--backward-weight <T>', 'time of the weight half of one backward pass', positive('--backward-weight'), 1)
    .option('--recompute <T>', 'time of the forward pass run again in a backward pass', positive('--recompute'), 0)
    .option('--stage-times <LIST>', 'how many times as long each stage takes: 1,1,1.5,1', factors)
    .option('--comm <T>', 'time to hand activations to the next stage', positive('--comm'), 0)
    .option('--stages-per-node <N>', 'stages that sit in one node', whole('--stages-per-node'))
    .option('--comm-across <T>', 'the same between nodes', positive('--comm-across'))
    .addOption(
      new Option('--link-sharing <how>', 'which transfers of a link wait for one another')
        .choices(['none', 'per-direction', 'both-directions'])
        .default('none'),
    )
    .option('--overlap', 'transfers run beside computation')
    .option('--launch-gap <T>', 'time the host needs to launch a pass', positive('--launch-gap'), 0)
    .option('--gradient-reduction <T>', 'time of the gradient reduction after the pipeline', positive('--gradient-reduction'), 0)
    .option('--hidden-reduction <T>', 'time of it that runs beside the last backward passes', positive('--hidden-reduction'), 0)
    .option('--optimizer <T>', 'time of the optimizer step', positive('--optimizer'), 0);
}

function factors(text: string): readonly number[] {
  return text.split(',').map((part) => positive('--stage-times')(part));
}

/** The rows of a file that may hold a written order; undefined when it holds something else. */
function cellsOf(path: string, io: CliIo): CellRows | undefined {
  let text: string;
  try {
    text = readFileSync(resolve(io.folder, path), 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be used: ${reasonOf(error)}.`);
  }
  if (!/\.json$/i.test(path)) return csvRows(text);
  try {
    return jsonRows(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const jobOptions = ['schedule', 'order', 'job'] as const;
const shapeOptions = ['stages', 'microBatches', 'virtualStages', 'group'] as const;
const timeOptions = [
  ...['forward', 'backwardInput', 'backwardWeight', 'recompute', 'stageTimes', 'comm', 'commAcross', 'stagesPerNode'],
  ...['linkSharing', 'overlap', 'launchGap', 'gradientReduction', 'hiddenReduction', 'optimizer'],
];

/** JSON is printed; files that are written take its place. */
function refuseWithFiles({ trace, svg, csv }: ScheduleOptions, isGiven: IsGiven): void {
  if ([trace, svg, csv].some((file) => file !== undefined))
    refuseIdle(['json'], isGiven, 'the schedule is written to files instead of printed');
}

/** Options of free times that go together. */
function refuseHalves({ stagesPerNode, commAcross }: FreeTimes, isGiven: IsGiven): void {
  if (commAcross === undefined) refuseIdle(['stagesPerNode'], isGiven, 'transfers between nodes take --comm-across, which is not given');
  if (stagesPerNode === undefined) refuseIdle(['commAcross'], isGiven, 'which stages share a node is told by --stages-per-node');
}

async function askedFor(target: string, options: ScheduleOptions, isGiven: IsGiven, io: CliIo): Promise<Asked> {
  if (scheduleNamed(target)) {
    refuseIdle([...jobOptions, ...hardwareOptions], isGiven, `it goes with the file of a job, and "${target}" is a schedule`);
    refuseHalves(options, isGiven);
    return free(freeRequest(namedShape(target, options), options));
  }
  if (!/[./\\]/.test(target)) throw new UsageError(`the schedule "${target}" is not known; use one of ${scheduleIds()}, or a file.`);
  const cells = /\.(?:csv|json)$/i.test(target) ? cellsOf(target, io) : undefined;
  if (cells) {
    refuseIdle([...jobOptions, ...shapeOptions, ...hardwareOptions], isGiven, `the order of ${target} is what runs`);
    refuseHalves(options, isGiven);
    return free(freeRequest(writtenShape(target, cells), options));
  }
  refuseIdle(['stages', ...timeOptions], isGiven, `${target} is simulated with the stages and times of its job`);
  refuseIdle(['price', 'mfu'], isGiven, 'it changes no time of a schedule');
  if (options.order !== undefined)
    refuseIdle(['schedule', 'microBatches', 'virtualStages', 'group'], isGiven, 'the written order is what runs');
  return ofJob(target, options, io);
}

const free = (request: ScheduleRequest): Asked => ({ request, units: 'any', search: () => searchSchedules(request) });

async function ofJob(file: string, options: ScheduleOptions, io: CliIo): Promise<Asked> {
  const session = await openSession(io, settingsFrom(options));
  const analysis = session.analyse(file);
  const job = jobOf(analysis, file, options.job);
  const own = trainingOf(job, file);
  const change = scheduleChange(own.schedule, options);
  const { schedule } = change ? trainingOf(session.engine.analyseChanged(analysis, job, change), `${file} with that schedule`) : own;
  const request = reordered(schedule, options, io);
  return {
    request,
    units: 'seconds and bytes',
    // The search estimates the job with every schedule, whichever is looked at; other sizes are in the request alone.
    search: () => (request === schedule ? searchSchedulesOf(job) : undefined) ?? searchSchedules(request, searchLimits(job)),
  };
}

function trainingOf({ result }: JobAnalysis, what: string): TrainingEstimate {
  if (!('estimate' in result)) throw new UsageError(`${what} has no estimate: ${sentence(result.refusal.why)}`);
  if (result.estimate.kind !== 'training') throw new UsageError(`${what} serves a model; only training runs a pipeline schedule.`);
  return result.estimate;
}

/** What the options make of a job's schedule, VPP and groups of micro batches, to be estimated as if it were written; undefined when they change none. */
function scheduleChange(request: ScheduleRequest, { schedule, virtualStages, group, order }: ScheduleOptions): PartialJob | undefined {
  const named = schedule === undefined ? undefined : scheduleNamed(schedule);
  if (schedule !== undefined && !named) throw new UsageError(`the schedule "${schedule}" is not known; use one of ${scheduleIds()}.`);
  const usual =
    named && named.id !== request.name ? (named.fixedChunks ?? (named.interleaves ? Math.max(2, request.virtualStages) : 1)) : undefined;
  const [name, chunks] = [named?.id ?? request.name, virtualStages ?? usual ?? request.virtualStages];
  const isSame = name === request.name && chunks === request.virtualStages && group === undefined;
  if (order !== undefined || isSame) return undefined;
  return {
    'parallel.schedule': name,
    'parallel.virtualStages': chunks,
    ...(group === undefined ? {} : { 'parallel.microBatchGroup': group }),
  };
}

/** The request with a written order, or with another number of micro batches. */
function reordered(request: ScheduleRequest, { order, microBatches }: ScheduleOptions, io: CliIo): ScheduleRequest {
  if (order === undefined) {
    const { name, virtualStages } = request;
    return microBatches === undefined || microBatches === request.microBatches
      ? request
      : reshape(request, { name, virtualStages, microBatches });
  }
  const cells = cellsOf(order, io);
  if (!cells) throw new UsageError(`${order} holds no written order.`);
  const { stages, writtenOrder, ...choice } = writtenShape(order, cells);
  if (stages !== request.stages) throw new UsageError(`${order} is for ${stages} pipeline ranks; the job has ${request.stages}.`);
  return {
    ...reshape(request, choice),
    ...(writtenOrder === undefined ? {} : { writtenOrder }),
    transferOverlapped: sendsBesideComputation(choice.name, choice.virtualStages),
  };
}

/** Writes what is asked for into files; false when nothing is. */
function writeFiles(simulation: Simulation, { request, units }: Asked, { trace, svg, csv }: ScheduleOptions, io: CliIo): boolean {
  if (trace !== undefined) write(trace, scheduleChrome(simulation), io);
  if (svg !== undefined) write(svg, scheduleSvg(simulation, units), io);
  if (csv !== undefined) {
    const schedule = findSchedule(request.name);
    const order = schedule && orderAsCsv(schedule, request);
    if (order === undefined) throw new UsageError('a pipeline that runs both ways at once has no such CSV.');
    write(csv, order.trimEnd(), io);
  }
  return trace !== undefined || svg !== undefined || csv !== undefined;
}

function write(file: string, text: string, io: CliIo): void {
  if (file === '-') {
    io.out(`${text}\n`);
    return;
  }
  try {
    writeFileSync(resolve(io.folder, file), `${text}\n`);
  } catch (error) {
    throw new UsageError(`"${file}" cannot be written: ${reasonOf(error)}.`);
  }
}
