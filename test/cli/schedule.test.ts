import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, rooflint, script } from './run.ts';

interface Timeline {
  readonly makespan: number;
  readonly ranks: readonly { readonly busy: number; readonly bubbleShare: number; readonly peakMicroBatches: number }[];
  readonly operations: readonly { readonly rank: number; readonly kind: string; readonly start: number; readonly end: number }[];
}

async function timeline(...args: string[]): Promise<Timeline> {
  const { code, out, error } = await rooflint(['schedule', ...args, '--json']);
  expect(error).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as Timeline;
}

// With equal times and no transfer both have (m + p - 1) rounds of forward and backward: PTD-P, section 2.2.1.
test.each(['gpipe', '1f1b'])('%s has the published bubble', async (name) => {
  const { makespan, ranks, operations } = await timeline(name, '--stages', '4', '--micro-batches', '8');
  expect(makespan).toBeCloseTo((8 + 4 - 1) * 3, 9);
  expect(ranks[0]?.bubbleShare).toBeCloseTo(3 / 11, 9);
  expect(operations.filter(({ kind }) => kind === 'forward')).toHaveLength(32);
  expect(operations.filter(({ kind }) => kind === 'backward')).toHaveLength(32);
});

test('interleaving divides the bubble by the virtual stages', async () => {
  const { makespan } = await timeline('interleaved-1f1b', '--stages', '4', '--micro-batches', '8', '--virtual-stages', '2');
  expect(makespan).toBeCloseTo(8 * 3 + (3 * 3) / 2, 9);
});

test('both halves of the backward pass and the transfer count', async () => {
  const plain = await timeline(
    '1f1b',
    '--stages',
    '2',
    '--micro-batches',
    '4',
    '--forward',
    '1',
    '--backward-input',
    '1',
    '--backward-weight',
    '1',
  );
  const slow = await timeline(
    '1f1b',
    '--stages',
    '2',
    '--micro-batches',
    '4',
    '--forward',
    '1',
    '--backward-input',
    '2',
    '--backward-weight',
    '3',
    '--comm',
    '0.5',
  );
  expect(plain.makespan).toBeCloseTo(15, 9);
  expect(slow.makespan).toBeGreaterThan((4 + 1) * 6);
});

test('the trace is a file that holds every operation, and one process per rank with its threads', async () => {
  const folder = folderWith({});
  const args = ['schedule', '1f1b', '--stages', '2', '--micro-batches', '3', '--comm', '0.5', '--optimizer', '2', '--trace', 'out.json'];
  const { code, out } = await rooflint(args, folder);
  expect([code, out]).toEqual([0, '']);
  const trace = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as {
    traceEvents: { ph: string; pid: number; tid: number; ts?: number; dur?: number; name: string; cat?: string }[];
  };
  const complete = trace.traceEvents.filter(({ ph }) => ph === 'X');
  // Six forward and six backward passes, three transfers each way, an optimizer step on either rank.
  expect(complete).toHaveLength(12 + 6 + 2);
  for (const { ts, dur, pid, tid } of complete) {
    expect(ts).toBeGreaterThanOrEqual(0);
    expect(dur).toBeGreaterThan(0);
    expect([0, 1]).toContain(pid);
    expect([0, 1, 2]).toContain(tid);
  }
  // Complete events of a thread must not overlap, or the viewers nest them.
  for (const pid of [0, 1]) {
    const thread = complete.filter((event) => event.pid === pid && event.tid === 0).sort((x, y) => (x.ts ?? 0) - (y.ts ?? 0));
    thread.slice(1).forEach((event, index) => {
      const before = thread[index];
      expect(event.ts).toBeGreaterThanOrEqual((before?.ts ?? 0) + (before?.dur ?? 0) - 1e-6);
    });
  }
  const named = trace.traceEvents.filter(({ ph, name }) => ph === 'M' && name === 'process_name').map(({ pid }) => pid);
  expect(named).toEqual([0, 1]);
});

test('the text says busy and waiting time per rank, and why they wait', async () => {
  const { out } = await rooflint(['schedule', '1f1b', '--stages', '4', '--micro-batches', '8']);
  expect(out).toMatch(/^ {3}0 +24 +0 +9 +27\.3 % +4$/m);
  expect(out).toMatch(/makespan 33, mean bubble 27\.3 %/);
  expect(out).toMatch(/^Pipeline fills +0 +1 +2 +3$/m);
  expect(out).toMatch(/^Pipeline drains +0 +2 +4 +6$/m);
});

test('a slower stage, transfers between nodes and launch gaps are causes of their own', async () => {
  const args = ['schedule', '1f1b', '--stages', '4', '--micro-batches', '8', '--stage-times', '1,1,1.5,1', '--stages-per-node', '2'];
  const { out } = await rooflint([...args, '--comm', '0.01', '--comm-across', '0.5', '--launch-gap', '0.1', '--overlap']);
  for (const cause of ['Another stage is slower', 'Waits for a transfer', 'Waits for the host']) expect(out).toContain(cause);
});

test('a written order is simulated, printed again, and told where it is wrong', async () => {
  const folder = folderWith({
    'a.csv': '0F0,0F1,0B0,0B1\n1F0,1B0,1F1,1B1\n',
    'b.csv': '0F0,0B0\n1F0\n',
    'c.json': '{"order": ["0F0,0B0"]}',
  });
  const run = (...args: string[]) => rooflint(['schedule', ...args], folder);
  expect((await run('a.csv')).out).toMatch(/makespan 9,/);
  expect((await run('a.csv', '--csv', '-')).out).toBe('0F0,0F1,0B0,0B1\n1F0,1B0,1F1,1B1\n');
  expect((await run('c.json')).out).toMatch(/makespan 3,/);
  const wrong = await run('b.csv');
  expect(wrong.code).toBe(2);
  expect(wrong.error).toMatch(/rank 1, cell 1: the backward pass of micro batch 0 on stage 1 is missing/);
});

const pipeline = script('--pipeline-model-parallel-size 4').replace('--pipeline-model-parallel-size 1', '');

test("a job's file is simulated with its own times, and other schedules are compared with it", async () => {
  const folder = folderWith({ 'train.sh': pipeline, 'o.csv': '0F0,0B0\n1F0,1B0\n' });
  const own = await rooflint(['schedule', 'train.sh'], folder);
  expect(own.error).toBe('');
  expect(own.out).toMatch(/^1F1B, 4 stages, /);
  expect(own.out).toMatch(/GiB/);
  const other = await rooflint(['schedule', 'train.sh', '--schedule', 'zb-v'], folder);
  expect(other.out).toMatch(/^ZB-V, 4 stages, .* 2 virtual stages per rank/);
  const search = await rooflint(['schedule', 'train.sh', '--search'], folder);
  expect(search.out).toMatch(/^fastest that fits: Interleaved 1F1B, VPP \d/);
  expect(search.out).toMatch(/1F1B \(now\)/);
  expect(search.out).toMatch(/ZB-V, VPP 2 +Megatron-LM does not run it/);
  const json = JSON.parse((await rooflint(['schedule', 'train.sh', '--search', '--json'], folder)).out) as { best: { name: string } };
  expect(json.best.name).toBe('interleaved-1f1b');
  expect((await rooflint(['schedule', 'train.sh', '--order', 'o.csv'], folder)).error).toMatch(/for 2 pipeline ranks; the job has 4/);
});

const titan = `[model]
name = "llama3"
flavor = "8B"
[training]
local_batch_size = 2
seq_len = 8192
[parallelism]
pipeline_parallel_degree = 2
pipeline_parallel_schedule = "PipelineScheduleMulti"
pipeline_parallel_schedule_csv = "./order.csv"
`;

test('a torchtitan file runs the order that it names, and a wrong order is found in its own file', async () => {
  const folder = folderWith({ 'train.toml': titan, 'order.csv': '0F0,0F1,0B0,0B1\n1F0,1B0,1F1,1B1\n', 'wrong.csv': '0F0,0B0\n1F0\n' });
  const own = await rooflint(['schedule', 'train.toml', '--gpus', '8'], folder);
  expect(own.out).toMatch(/^Written order, 2 stages, 2 micro batches, 1 virtual stage per rank/);
  const more = await rooflint(['schedule', 'train.toml', '--gpus', '8', '--micro-batches', '3'], folder);
  expect(more.error).toMatch(/for 2 micro batches, not 3/);
  expect((await rooflint(['check', 'wrong.csv'], folder)).out).toMatch(
    /wrong\.csv:2:1: error: The backward pass of micro batch 0 on stage 1/,
  );
});

const automodel = `recipe: TrainFinetuneRecipeForNextTokenPrediction
model:
  _target_: nemo_automodel.NeMoAutoModelForCausalLM.from_pretrained
  pretrained_model_name_or_path: meta-llama/Llama-3.1-8B-Instruct
distributed:
  strategy: fsdp2
  pp_size: 2
  pipeline:
    pp_schedule: 1f1b
    pp_schedule_csv: order.csv
step_scheduler:
  global_batch_size: 8
  local_batch_size: 1
dataset:
  seq_length: 2048
`;

test('so does a file of NeMo Automodel', async () => {
  const folder = folderWith({ 'train.yaml': automodel, 'order.csv': '0F0,0F1,0B0,0B1\n1F0,1B0,1F1,1B1\n' });
  const own = await rooflint(['schedule', 'train.yaml', '--gpus', '8'], folder);
  expect(own.error).toBe('');
  expect(own.out).toMatch(/^Written order, 2 stages, 2 micro batches, 1 virtual stage per rank/);
  const read = await rooflint(['read', 'train.yaml'], folder);
  expect(read.out).toMatch(/order\.csv/);
});

test('another schedule of a job is estimated as if it were written: the head moves, and parameters held twice count', async () => {
  const job = 'examples/megatron/pretrain-70b.sh';
  const busiest = (rows: readonly { readonly busy: number }[]) =>
    rows.indexOf(rows.reduce((most, row) => (row.busy > most.busy ? row : most)));
  const rows = async (...more: string[]) => (await timeline(job, ...more)).ranks;
  const own = await rows();
  expect(busiest(own)).toBe(3);
  // A folded pipeline holds embedding and head on its first rank.
  expect(busiest(await rows('--schedule', 'zb-v'))).toBe(0);
  const grouped = await rows('--group', '16');
  expect(grouped[0]?.peakMicroBatches).toBeGreaterThan(own[0]?.peakMicroBatches ?? 0);
  const both = await rows('--schedule', 'dualpipe');
  expect(both[1]?.peakMicroBatches).toBeGreaterThan(1.3 * (own[1]?.peakMicroBatches ?? 0));
});

// Qi et al. 2024 (arXiv:2401.10241), sections 2.2 and 2.3: ZB-H2 waits (p - 1)(F + B - 2W), ZB-H1 (p - 1)(F + B - W), step to step.
test.each([
  ['zb-h2', /if steps overlapped: 36 from step to step, mean bubble 0\.0 %/],
  ['zb-h1', /makespan 39, mean bubble 7\.7 %\n$/],
  ['1f1b', /makespan 45, mean bubble 20\.0 %\n$/],
])('%s tells what its paper counts where that is another figure', async (name, expected) => {
  const { out } = await rooflint(['schedule', name, '--stages', '4', '--micro-batches', '12']);
  expect(out).toMatch(expected);
});

test.each([
  ['1F1B', '1F1B, 1 stage, 1 micro batch, 1 virtual stage per rank'],
  ['ScheduleGPipe', 'GPipe, 1 stage, 1 micro batch, 1 virtual stage per rank'],
])('%s is understood as PyTorch writes it', async (name, title) => {
  const { out } = await rooflint(['schedule', name, '--stages', '1', '--micro-batches', '1']);
  expect(out.split('\n')[0]).toBe(title);
});

test('ZBVZeroBubble is ZB-V', async () => {
  const { out } = await rooflint(['schedule', 'ZBVZeroBubble', '--stages', '4', '--micro-batches', '8']);
  expect(out).toMatch(/^ZB-V, 4 stages, 8 micro batches, 2 virtual stages per rank/);
});

test('the picture has a box for every operation', async () => {
  const { out } = await rooflint(['schedule', 'zb-h1', '--stages', '2', '--micro-batches', '3', '--svg', '-']);
  expect(out.match(/<rect x=/g)).toHaveLength(2 * 3 * 3);
  expect(out).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
});

test.each([
  [['no-such-schedule'], /is not known/],
  [['1f1b'], /needs --stages and --micro-batches/],
  [['missing.sh'], /cannot be used/],
  [
    ['interleaved-1f1b', '--stages', '4', '--micro-batches', '8', '--virtual-stages', '2', '--group', '3'],
    /with groups of 3 micro batches .* the last one too, needs at least 4/i,
  ],
  [['dualpipe', '--stages', '4', '--micro-batches', '8', '--csv', '-'], /runs both ways/],
  [['gpipe', '--stages', '2', '--micro-batches', '2', '--order', 'order.csv'], /--order has no effect: it goes with the file of a job/],
  [['gpipe', '--stages', '2', '--micro-batches', '2', '--schedule', 'zb-v'], /--schedule has no effect/],
  [['1f1b', '--stages', '2', '--micro-batches', '2', '--forward', '1e308'], /not a number of seconds from 0 to 1e100/],
  [['examples/megatron/pretrain-70b.sh', '--stages', '8'], /--stages has no effect: .* the stages and times of its job/],
  [['examples/megatron/pretrain-70b.sh', '--backward-input', '2'], /--backward-input has no effect/],
  [['v-min', '--stages', '1', '--micro-batches', '3'], /^rooflint: V-Min needs at least 2/],
  [['1f1b', '--stages', '2', '--micro-batches', '2', '--stage-times', '1,2,3'], /one number for each of the 2 stages/],
])('%j is refused with a reason', async (args, message) => {
  const { code, error } = await rooflint(['schedule', ...args]);
  expect(code).toBe(2);
  expect(error).toMatch(message);
});
