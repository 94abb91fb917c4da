/** Which release a job is read as: what an image, a requirement or a checkout pins goes before what its keys tell. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../server/src/engine/engine.ts';
import { imagePins } from '../../server/src/frameworks/images.ts';
import { pinnedRelease, requirementPins } from '../../server/src/frameworks/pins.ts';
import { loadParsers } from '../syntax/helpers.ts';

beforeAll(loadParsers);

/** The release of the only job of `/w/run/<name>` in a workspace with these files. */
function releaseOf(name: string, text: string, around: Readonly<Record<string, string>> = {}) {
  const engine = createEngine({
    files: {
      read: (uri) => (around[uri] === undefined ? { error: 'no such file' } : { text: around[uri] }),
      resolve: (_from, path) => ['file:///w/run/', 'file:///w/'].map((folder) => folder + path).find((uri) => uri in around),
    },
    settings: () => ({}),
  });
  const analysis = engine.analyse(`file:///w/run/${name}`, text, 1);
  expect(analysis.jobs).toHaveLength(1);
  return { release: analysis.jobs[0]?.release, job: analysis.jobs[0]?.job, dependsOn: analysis.dependsOn };
}

const trainer =
  'torchrun --nproc_per_node 8 train.py --model_name_or_path a/b --per_device_train_batch_size 4 --learning_rate 1e-5 --logging_steps 1 --report_to none\n';

describe('requirements', () => {
  const table = [{ since: '5' }, { since: '0' }];
  const release = (text: string) => pinnedRelease(() => requirementPins(text, 'r'), 'transformers', 'T', table);

  it.each([
    ['transformers==4.38.2', '0'],
    ['torch\ntransformers[torch]>=4.38,<5 ; python_version > "3.9"', '0'],
    ['transformers~=4.38.0', '0'],
    ['transformers<=4.57.1', '0'],
    ['  - transformers=4.40', '0'],
    ['transformers = "^4.40"', '0'],
    ['transformers = { version = "4.40.1", extras = ["torch"] }', '0'],
    ['dependencies = ["transformers>=5.0", "trl"]', '5'],
    ['git+https://github.com/huggingface/transformers.git@v4.38.0', '0'],
    ['transformers @ git+https://github.com/huggingface/transformers@v5.1.0', '5'],
    ['transformers==5.0.0', '5'],
  ])('%s', (text, since) => {
    expect(release(text)?.release.since).toBe(since);
  });

  it.each(['transformers', 'transformers>=4.38', 'sentence-transformers==2.2.2', '# transformers==4.38', 'x-transformers==1.2'])(
    '%s leaves it open',
    (text) => {
      expect(release(text)).toBeUndefined();
    },
  );
});

describe('images', () => {
  it.each([
    ['vllm/vllm-openai:v0.6.3', 'vllm', '0.6.3'],
    ['vllm/vllm-openai:v0.8.5.post1', 'vllm', '0.8.5'],
    ['nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.8.0', 'vllm', undefined],
    ['nvcr.io/nvidia/ai-dynamo/sglang-runtime:0.7.0', 'sglang', undefined],
    ['lmcache/vllm-openai:v0.3.9', 'vllm', undefined],
    ['opea/vllm-gaudi:1.22.0', 'vllm', undefined],
    ['lmsysorg/sglang:v0.4.6', 'sglang', '0.4.6'],
    ['registry.example.com/mirror/vllm/vllm-openai:v0.8.5', 'vllm', '0.8.5'],
    ['huggingface/transformers-pytorch-gpu:4.38.2', 'transformers', '4.38.2'],
    [
      '763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-training:2.1.0-transformers4.36.0-gpu-py310',
      'transformers',
      '4.36.0',
    ],
    ['nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.4.1', 'vllm', undefined],
    ['nvcr.io/nvidia/vllm:25.09-py3', 'vllm', undefined],
    ['lmcache/vllm-openai:v0.3.5', 'vllm', undefined],
    ['axolotlai/axolotl:main-latest', 'axolotl', undefined],
    ['axolotlai/axolotl:main-py3.11-cu124-2.5.1', 'axolotl', undefined],
    ['axolotlai/axolotl:0.12.2-py3.11', 'axolotl', '0.12.2'],
    ['nvcr.io/nvidia/nemo:24.07', 'megatron-core', '0.8.0'],
    ['nvcr.io/nvidia/pytorch:24.07-py3', 'megatron-core', undefined],
  ])('%s', (image, name, version) => {
    expect(imagePins(image).find((pin) => pin.package === name)?.version).toBe(version);
  });
});

describe('a job', () => {
  it('is read as the release its folder pins, and depends on that file', () => {
    const around = { 'file:///w/requirements.txt': 'torch\ntransformers==4.38.2\n' };
    const { release, job, dependsOn } = releaseOf('a.sh', trainer, around);
    expect(release).toBe('transformers 4.38.2, pinned in requirements.txt');
    expect(job?.['optimizer.name']).toBe('adamw_torch');
    expect(dependsOn).toContain('file:///w/requirements.txt');
  });

  it('is read as the newest where nothing pins it', () => {
    const { release, job } = releaseOf('a.sh', trainer);
    expect(release).toBe('transformers 5');
    expect(job?.['optimizer.name']).toBe('adamw_torch_fused');
  });

  it('takes what the script installs before what lies in the folder', () => {
    const around = { 'file:///w/requirements.txt': 'transformers==4.38.2\n' };
    expect(releaseOf('a.sh', `pip install -q "transformers==5.1.0" trl\n${trainer}`, around).release).toBe(
      'transformers 5.1.0, pinned in an installation in this file',
    );
  });

  it('takes the file the script installs from', () => {
    const around = { 'file:///w/req/train.txt': 'transformers==4.41\n', 'file:///w/requirements.txt': 'transformers==5.0\n' };
    expect(releaseOf('a.sh', `pip install -r req/train.txt\n${trainer}`, around).release).toBe('transformers 4.41, pinned in train.txt');
  });

  it('takes the image of a container and of a Dockerfile', () => {
    const image = 'huggingface/transformers-pytorch-gpu:4.38.2';
    expect(releaseOf('a.sh', `docker run --gpus all ${image} ${trainer}`).release).toBe(`transformers 4.38.2, pinned in ${image}`);
    expect(releaseOf('Dockerfile', `FROM ${image}\nRUN pip install deepspeed==0.14.0\nCMD ${trainer}`).release).toBe(
      `transformers 4.38.2, pinned in ${image}`,
    );
  });

  it('of axolotl takes the transformers that its release came with', () => {
    const yaml = 'base_model: a/b\ndatasets: []\nmicro_batch_size: 1\nadapter: lora\nlora_r: 8\nnum_epochs: 1\n';
    expect(releaseOf('x.yml', yaml, { 'file:///w/run/pyproject.toml': 'dependencies = ["axolotl==0.9.1"]' }).release).toBe(
      'axolotl 0.9.1, pinned in pyproject.toml',
    );
  });

  it('of Megatron-LM takes a tag that is checked out, and the copy in an image of NeMo only where that copy runs', () => {
    const flags = '--num-layers 2 --hidden-size 64 --num-attention-heads 4 --micro-batch-size 1 --group-query-attention';
    const tagged = releaseOf(
      'a.sh',
      `git clone -b core_v0.12.0 https://github.com/NVIDIA/Megatron-LM\ntorchrun pretrain_gpt.py ${flags}\n`,
    );
    expect(tagged.release).toBe('Megatron-LM 0.12.0, pinned in git clone core_v0.12.0');
    expect(tagged.job?.['model.kvHeads']).toBe(1);
    const image = 'nvcr.io/nvidia/nemo:24.07';
    const inside = releaseOf('a.sh', `docker run ${image} torchrun /opt/megatron-lm/pretrain_gpt.py ${flags}\n`);
    expect(inside.release).toBe(`Megatron-LM 0.8.0, pinned in ${image}`);
    expect(releaseOf('a.sh', `docker run ${image} torchrun pretrain_gpt.py ${flags}\n`).release).toBe('Megatron-LM core_v0.19.0');
  });

  it('of DeepSpeed and torchtitan names the pinned release', () => {
    const around = { 'file:///w/requirements.txt': 'deepspeed==0.14.4\ntorchtitan==0.1.0\n' };
    expect(releaseOf('ds.json', '{"zero_optimization": {"stage": 2}, "train_batch_size": 8}', around).release).toBe(
      'DeepSpeed 0.14.4, pinned in requirements.txt',
    );
    expect(releaseOf('a.toml', '[model]\nname = "llama3"\nflavor = "8B"\n[training]\nseq_len = 8192\n', around).release).toBe(
      'torchtitan 0.1.0, pinned in requirements.txt',
    );
  });

  it('of a Python script takes the requirements in its header', () => {
    const script = `# /// script\n# dependencies = ["transformers==4.44.0", "peft"]\n# ///\nfrom transformers import TrainingArguments\nargs = TrainingArguments(output_dir="o", per_device_train_batch_size=2)\n`;
    expect(releaseOf('a.py', script).release).toBe('transformers 4.44.0, pinned in the header of the script');
  });
});
