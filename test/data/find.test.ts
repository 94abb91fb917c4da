import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accelerators, findAccelerator, findModelCard, findNetwork, modelCards, networks } from '../../server/src/data/index.ts';

describe('findAccelerator', () => {
  test.each([
    ['H100', 'nvidia-h100-sxm-80gb'],
    ['h100-sxm5-80gb', 'nvidia-h100-sxm-80gb'],
    ['NVIDIA H100 80GB HBM3', 'nvidia-h100-sxm-80gb'],
    ['H100 80GB (p5.48xlarge)', 'nvidia-h100-sxm-80gb'],
    ['8x H100', 'nvidia-h100-sxm-80gb'],
    ['H100 PCIe', 'nvidia-h100-pcie-80gb'],
    ['H100 NVL', 'nvidia-h100-nvl-94gb'],
    ['H100 96GB HBM2e (500 W)', 'nvidia-h100-sxm-96gb-hbm2e'],
    ['nvidia-h100-80gb', 'nvidia-h100-sxm-80gb'],
    ['nvidia-h100-mega-80gb', 'nvidia-h100-sxm-80gb'],
    ['gpu:h100:8', 'nvidia-h100-sxm-80gb'],
    ['A100', 'nvidia-a100-sxm-80gb'],
    ['a100 40gb', 'nvidia-a100-sxm-40gb'],
    ['A100-SXM4-80GB', 'nvidia-a100-sxm-80gb'],
    ['A100-SXM4-80G', 'nvidia-a100-sxm-80gb'],
    ['A100 40GB SXM4', 'nvidia-a100-sxm-40gb'],
    ['NVIDIA A100-PCIE-40GB', 'nvidia-a100-pcie-40gb'],
    ['A100 (artifact README: single server with 8 A100 GPUs)', 'nvidia-a100-sxm-80gb'],
    ['gpu:a100:8', 'nvidia-a100-sxm-80gb'],
    ['gpu:a100_80gb:4', 'nvidia-a100-sxm-80gb'],
    ['nvidia-tesla-a100', 'nvidia-a100-sxm-40gb'],
    ['V100', 'nvidia-v100-sxm-16gb'],
    ['Tesla V100-SXM2-32GB', 'nvidia-v100-sxm-32gb'],
    ['H200 141GB', 'nvidia-h200-sxm-141gb'],
    ['GH200 480GB', 'nvidia-gh200-96gb'],
    ['NVIDIA B200-SXM-180GB', 'nvidia-b200-sxm-180gb'],
    ['NVIDIA B300-SXM-270GB', 'nvidia-b300-sxm'],
    ['NVIDIA GB300', 'nvidia-gb300'],
    ['AMD Instinct MI355X 288GB HBM3e (Power Cap 1000 W)', 'amd-mi355x'],
    ['MI300X', 'amd-mi300x'],
    ['RTX 5090 @400W', 'nvidia-rtx-5090'],
    ['RTX4090', 'nvidia-rtx-4090'],
    ['NVIDIA RTX PRO 6000 Blackwell Server Edition', 'nvidia-rtx-pro-6000-blackwell'],
    ['A6000 Ada 48GB', 'nvidia-rtx-6000-ada'],
    ['RTX A6000', 'nvidia-rtx-a6000'],
    ['L40S', 'nvidia-l40s'],
    ['RTX 3090 Ti', 'nvidia-rtx-3090-ti'],
    ['TPU v5e', 'google-tpu-v5e'],
    ['tpu-v5-lite-podslice', 'google-tpu-v5e'],
  ])('%s is %s', (name, id) => {
    expect(findAccelerator(name)?.id).toBe(id);
  });

  test.each([
    '',
    ' ',
    'H100 64GB',
    'RTX 3080 Ti',
    'RTX 4090 D',
    'RTX 4070 Laptop',
    'rtx 4070',
    'RTX 4070 Ti',
    'GeForce RTX 4070 SUPER',
    'B100',
    'unstated',
    'Ascend NPU (31662800896 bytes reported)',
    '24GB class',
    'cuda:0',
  ])('"%s" is unknown', (name) => {
    expect(findAccelerator(name)).toBeUndefined();
  });

  test('every accelerator is found by its own id, label and aliases', () => {
    for (const accelerator of accelerators) {
      for (const name of [accelerator.id, accelerator.label, ...accelerator.aliases]) {
        expect(findAccelerator(name)?.id, name).toBe(accelerator.id);
      }
    }
  });
});

describe('findNetwork', () => {
  test.each([
    ['infiniband-ndr-400', 'infiniband-ndr-400'],
    ['InfiniBand NDR 400 Gbps', 'infiniband-ndr-400'],
    ['CX7 400 Gb/s', 'infiniband-ndr-400'],
    ['InfiniBand 200 Gb/s', 'infiniband-hdr-200'],
    ['400 Gb/s RDMA per GPU', 'roce-400'],
    ['1600 Gbps RoCE per node', 'roce-1600-per-node'],
    ['4 x 100Gb RoCE', 'roce-400-per-node'],
    ['HDR', 'infiniband-hdr-200'],
    ['EFA', 'efa-3200'],
    ['400 Gbps', undefined],
    ['infiniband-hdr-200 + ethernet-25', 'infiniband-hdr-200 + ethernet-25'],
    ['HDR + carrier pigeon', undefined],
    ['carrier pigeon', undefined],
  ])('%s is %s', (name, id) => {
    expect(findNetwork(name)?.id).toBe(id);
  });

  test('unlike ports move at the pace of the slowest and wait for the slowest', () => {
    const [fast, slow, both] = ['infiniband-hdr-200', 'ethernet-25', 'ethernet-25 + infiniband-hdr-200'].map(findNetwork);
    expect(both?.bandwidthPerGpu).toEqual(slow?.bandwidthPerGpu);
    expect(both?.latency.value).toBe(Math.max(fast?.latency.value ?? 0, slow?.latency.value ?? 0));
  });

  test('every network is found by its own id, label and aliases', () => {
    for (const network of networks) {
      for (const name of [network.id, network.label, ...network.aliases]) expect(findNetwork(name)?.id, name).toBe(network.id);
    }
  });
});

describe('findModelCard', () => {
  test.each([
    ['meta-llama/Llama-3.1-8B', 'meta-llama/Meta-Llama-3.1-8B'],
    ['meta-llama/Meta-Llama-3.1-8B', 'meta-llama/Meta-Llama-3.1-8B'],
    ['META-LLAMA/META-LLAMA-3.1-8B-INSTRUCT', 'meta-llama/Meta-Llama-3.1-8B'],
    ['/models/Llama-3.1-8B-Instruct/', 'meta-llama/Meta-Llama-3.1-8B'],
    ['meta-llama/Llama-3.3-70B-Instruct', 'meta-llama/Meta-Llama-3.1-70B'],
    ['meta-llama/Llama-2-70b-chat-hf', 'meta-llama/Llama-2-70b-hf'],
    ['meta-llama/Meta-Llama-3-8B', 'meta-llama/Meta-Llama-3-8B'],
    ['Qwen/Qwen2.5-7B-Instruct', 'Qwen/Qwen2.5-7B'],
    ['mistralai/Mistral-7B-Instruct-v0.3', 'mistralai/Mistral-7B-v0.3'],
    ['mistralai/Mixtral-8x7B-Instruct-v0.1', 'mistralai/Mixtral-8x7B-v0.1'],
    ['Qwen/Qwen3-235B-A22B-Instruct-2507', 'Qwen/Qwen3-235B-A22B'],
    ['mistralai/Mistral-Large-Instruct-2407', 'mistralai/Mistral-Large-Instruct-2407'],
    ['google/gemma-2-9b-it', 'google/gemma-2-9b'],
    ['gpt2-xl', 'gpt2-xl'],
    ['Mixtral 8x7B', 'mistralai/Mixtral-8x7B-v0.1'],
    ['Mistral-7B', 'mistralai/Mistral-7B-v0.1'],
    ['NousResearch/Meta-Llama-3-8B', 'meta-llama/Meta-Llama-3-8B'],
    ['OpenRLHF/Llama-3-8b-sft-mixture', 'meta-llama/Meta-Llama-3-8B'],
    ['/root/Qwen3-4B_torch_dist', 'Qwen/Qwen3-4B'],
    ['EleutherAI/pythia-1b-deduped', 'EleutherAI/pythia-1b'],
    ['alignment-handbook/zephyr-7b-sft-full', 'mistralai/Mistral-7B-v0.1'],
    ['lmsys/vicuna-13b-v1.5', 'meta-llama/Llama-2-13b-hf'],
    ['deepseek-ai/DeepSeek-R1-Distill-Qwen-32B', 'Qwen/Qwen2.5-32B'],
    ['/hub/models--meta-llama--Meta-Llama-3.1-8B-Instruct/snapshots/8c22764a7e36', 'meta-llama/Meta-Llama-3.1-8B'],
    ['/models/Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf', 'meta-llama/Meta-Llama-3.1-8B'],
    ['mistral-7b-instruct-v0.2.Q5_0.gguf', 'mistralai/Mistral-7B-v0.2'],
    ['bartowski/Meta-Llama-3.1-8B-Instruct-GGUF', 'meta-llama/Meta-Llama-3.1-8B'],
    ['mycompany/secret-13b', undefined],
    ['mycompany/secret-sft', undefined],
    ['Llama-3-8B-speculator', undefined],
    ['', undefined],
  ])('%s is %s', (name, card) => {
    expect(findModelCard(name)?.name).toBe(card);
  });

  test('a quantized copy keeps the shape and says how it is stored', () => {
    const card = findModelCard('hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4');
    expect(card?.fields['model.layers']).toBe(80);
    expect(card?.fields['model.quantization']).toBe('awq');
    expect(card?.fields['model.dtype']).toBeUndefined();
  });

  test.each([
    ['Qwen/Qwen-7B-Chat-Int4', 'gptq'],
    ['Meta-Llama-3.1-70B-Instruct-UD-Q2_K_XL-00001-of-00003.gguf', 'gguf-q2_k_xl'],
    ['Meta-Llama-3.1-70B-Instruct-IQ3_XXS.gguf', 'gguf-iq3_xxs'],
    ['Meta-Llama-3.1-70B-Instruct-bf16.gguf', undefined],
    ['hugging-quants/Meta-Llama-3.1-70B-BNB-NF4', 'bitsandbytes'],
    ['unsloth/Llama-3.2-1B-unsloth-bnb-4bit', 'bitsandbytes'],
  ])('%s is stored by %s', (name, method) => {
    expect(findModelCard(name)?.fields['model.quantization']).toBe(method);
  });

  test.each([
    ['meta-llama/Llama-2-7b-hf', 4096],
    ['lmsys/vicuna-7b-v1.5', 4096],
    ['lmsys/vicuna-7b-v1.5-16k', 16_384],
    ['togethercomputer/LLaMA-2-7B-32K', 32_768],
    ['Qwen/Qwen2.5-7B-Instruct-1M', 1_010_000],
  ])('%s knows %i positions', (name, positions) => {
    expect(findModelCard(name)?.fields['model.maxPositions']).toBe(positions);
  });

  test('every card is found by its own name and aliases', () => {
    for (const card of modelCards) {
      for (const name of [card.name, ...card.aliases])
        expect(findModelCard(name)?.fields['model.hidden'], name).toBe(card.fields['model.hidden']);
    }
  });
});

test('any text gives an entry of the table or nothing', () => {
  const words = fc.constantFrom(
    'nvidia',
    'H100',
    'a100',
    '80GB',
    '40 gb',
    'SXM4',
    'pcie',
    'RTX',
    '4090',
    'ti',
    'gpu:',
    '8x',
    'roce',
    '400',
    'Gb/s',
    'per node',
    'llama',
    '-instruct',
    '/',
    '-awq',
  );
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 6 }).map((parts) => parts.join(' ')),
  );
  fc.assert(
    fc.property(text, (name) => {
      const accelerator = findAccelerator(name);
      if (accelerator) expect(accelerators).toContain(accelerator);
      const network = findNetwork(name);
      if (network) expect(networks).toContain(network);
      const card = findModelCard(name);
      if (card) expect(modelCards.some(({ name: known }) => known === card.name)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('a value of megabytes is no name', () => {
  const long = '9'.repeat(2_000_000);
  expect([findAccelerator(long), findNetwork(long), findModelCard(`${long}-instruct`)]).toEqual([undefined, undefined, undefined]);
});
