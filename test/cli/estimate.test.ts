import { expect, test } from 'vitest';
import { folderWith, rooflint, script } from './run.ts';

interface Term {
  readonly id: string;
  readonly value: number;
  readonly children?: readonly Term[];
  readonly combine?: string;
}
interface Job {
  readonly file: string;
  readonly kind: string;
  readonly estimate?: {
    readonly gpus: number;
    readonly cost?: unknown;
    readonly assumptions: readonly unknown[];
    readonly memory: { readonly stages: readonly { readonly allocated: Term }[] };
  };
  readonly refusal?: { readonly why: string };
  readonly terms: readonly Term[];
}

async function estimate(files: Record<string, string>, ...args: string[]): Promise<{ code: number; jobs: Job[] }> {
  const { code, out } = await rooflint(['estimate', ...args, '--json'], folderWith(files));
  return { code, jobs: JSON.parse(out) as Job[] };
}

test('every sum of the estimate is the sum of its terms', async () => {
  const { code, jobs } = await estimate({ 'train.sh': script() }, 'train.sh', '--cluster', 'h100');
  expect(code).toBe(0);
  const [job] = jobs;
  expect(job?.estimate?.gpus).toBe(8);
  const walk = (term: Term): void => {
    if (term.combine === 'sum') {
      const sum = (term.children ?? []).reduce((total, child) => total + child.value, 0);
      expect(sum, term.id).toBeCloseTo(term.value, 5);
    }
    for (const child of term.children ?? []) walk(child);
  };
  expect(job?.terms.length).toBeGreaterThan(8);
  for (const term of job?.terms ?? []) walk(term);
});

test('a count of GPUs stands in front of their name or behind it', async () => {
  const files = { 'train.sh': script() };
  const gpus = async (name: string) => (await estimate(files, 'train.sh', '--cluster', name)).jobs[0]?.estimate?.gpus;
  expect(await gpus('16xh100')).toBe(16);
  expect(await gpus('h100x16')).toBe(16);
  expect(await gpus('MI300Xx16')).toBe(16);
  // The X of a name is none of a count.
  expect(await gpus('mi300x')).toBe(8);
});

test('replicas beside each other are counted with their GPUs', async () => {
  const file = `apiVersion: apps/v1
kind: Deployment
metadata: { name: llm }
spec:
  replicas: 4
  selector: { matchLabels: { app: llm } }
  template:
    metadata: { labels: { app: llm } }
    spec:
      containers:
        - name: llm
          image: vllm/vllm-openai:v0.11.0
          args: [--model, Qwen/Qwen3-32B, --tensor-parallel-size, '8']
          resources: { limits: { nvidia.com/gpu: '8' } }
`;
  const { out } = await rooflint(['estimate', 'llm.yaml', '--cluster', 'h100'], folderWith({ 'llm.yaml': file }));
  expect(out).toContain('4 x 8 GPUs');
});

test('a TP that does not divide the heads is refused as the engine refuses it', async () => {
  const files = { 'serve.sh': 'vllm serve Qwen/Qwen3-8B --tensor-parallel-size 6 --max-model-len 8192\n' };
  const { jobs } = await estimate(files, 'serve.sh', '--cluster', 'h100');
  expect(jobs[0]?.refusal?.why).toBe('vLLM does not start: TP 6 does not divide the 32 attention heads');
});

test('--cluster, --gpus and --price change the answer', async () => {
  const files = { 'train.sh': script() };
  const small = await estimate(files, 'train.sh', '--cluster', 'a100');
  const large = await estimate(files, 'train.sh', '--cluster', '16xh100', '--price', '2.5');
  expect(small.jobs[0]?.estimate?.gpus).toBe(8);
  expect(large.jobs[0]?.estimate?.gpus).toBe(16);
  expect(small.jobs[0]?.estimate?.cost).toBeUndefined();
  expect(large.jobs[0]?.estimate?.cost).toBeDefined();
});

test('a machine brings its GPU, its packing and its network', async () => {
  const files = { 'train.sh': script() };
  const assumed = async (name: string) =>
    JSON.stringify((await estimate(files, 'train.sh', '--cluster', name, '--gpus', '64')).jobs[0]?.estimate?.assumptions);
  expect(await assumed('p4d.24xlarge')).toContain('AWS EFA 400 Gb/s');
  expect(await assumed('perlmutter')).toContain('Slingshot');
});

test('without a GPU one is assumed and said so; a GPU without a data sheet ends with code 2; a model alone is no failure', async () => {
  const without = await rooflint(['estimate', 'train.sh'], folderWith({ 'train.sh': script() }));
  expect(without.code).toBe(0);
  expect(without.out).toMatch(/GPUs? \(NVIDIA H100 SXM 80 GB assumed\)/);
  const unknown = await rooflint(['estimate', 'train.sh', '--cluster', 'abacus-9'], folderWith({ 'train.sh': script() }));
  expect(unknown.code).toBe(2);
  const config =
    '{ "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 100 }';
  const model = await rooflint(['estimate', 'config.json'], folderWith({ 'config.json': config }));
  expect(model.code).toBe(0);
  expect(model.out).toMatch(/Weights in bf16/);
});

test('the text names memory with its band, shares, assumptions as assumptions and defaults as defaults', async () => {
  const { code, out } = await rooflint(['estimate', 'examples/megatron/pretrain-70b.sh']);
  expect(code).toBe(0);
  expect(out).toMatch(/^stage +allocated +reserved +device +of usable$/m);
  expect(out).toMatch(/\d GiB \(\d+ to \d+\)/);
  expect(out).toMatch(/^Pipeline bubble +/m);
  expect(out).toMatch(/^Assumptions\n {2}\S/m);
  expect(out).toMatch(/^Defaults of Megatron-LM .* that nothing in the file changes$/m);
});

test('serving shows the cache and how many requests fit', async () => {
  const { out } = await rooflint(['estimate', 'examples/serving/serve-7b.sh']);
  expect(out).toMatch(/KV cache pool +\d/);
  expect(out).toMatch(/Tokens that fit in the KV cache +\d/);
});

test('a rate of FLOPs names whose FLOPs are counted and of which peak it is a share', async () => {
  const { out } = await rooflint(['estimate', 'train.sh', '--cluster', 'h100'], folderWith({ 'train.sh': script() }));
  expect(out).toMatch(/^MFU \(Megatron-LM's FLOPs, bf16 peak\) /m);
  expect(out).toMatch(/^Model FLOP\/s per GPU \(Megatron-LM's FLOPs\) /m);
});

test('--mfu chooses whose FLOPs are counted; an unknown convention is refused with the known ones', async () => {
  const folder = folderWith({ 'train.sh': script() });
  const { out } = await rooflint(['estimate', 'train.sh', '--cluster', 'h100', '--mfu', 'palm'], folder);
  expect(out).toMatch(/^MFU \(PaLM's FLOPs, bf16 peak\) /m);
  const wrong = await rooflint(['estimate', 'train.sh', '--mfu', 'mine'], folder);
  expect(wrong.code).toBe(2);
  expect(wrong.error).toMatch(/palm, torchtitan, llm-foundry/);
});

test('what would move the answer stands behind the assumptions', async () => {
  const { out } = await rooflint(['estimate', 'train.sh', '--cluster', 'h100'], folderWith({ 'train.sh': script() }));
  expect(out).toMatch(/^What would move the answer\nwhat +now +if it were +memory per GPU +step +the value now is$/m);
});
