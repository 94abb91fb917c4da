/** Settings that a script writes in a here-document and names in a command below: they stand in the script. */
import { beforeAll, describe, expect, test } from 'vitest';
import { recognise } from '../../server/src/frameworks/detect.ts';
import { readDocument } from '../../server/src/syntax/read.ts';
import { loadParsers } from '../syntax/helpers.ts';

beforeAll(loadParsers);

function read(text: string) {
  const [job] = recognise(readDocument('file:///run.sh', text), (what, error) => {
    throw new Error(what, { cause: error });
  }).jobs;
  if (!job) throw new Error('no job was read');
  return { ...job.reading, at: placeOf(text, job.reading.sources) };
}

/** The text at the place of a field. */
const placeOf =
  (text: string, sources: ReturnType<typeof recognise>['jobs'][number]['reading']['sources']) => (field: keyof typeof sources) => {
    const origin = sources[field];
    return origin && 'value' in origin ? text.slice(origin.value.start, origin.value.end) : undefined;
  };

const vllm = `LENGTH=\${LENGTH:-16384}
cat << EOF > config.yaml
kv-cache-dtype: fp8
max-model-len: $LENGTH
tensor-parallel-size: $GPUS
no-enable-prefix-caching: true
gpu-memory-utilization: 0.8
EOF
vllm serve openai/gpt-oss-120b --config ./config.yaml --gpu-memory-utilization 0.95
`;

const trtllm = (more: string) => `OPTIONS=llm-options.yml
DP_ATTENTION=true
cat > $OPTIONS <<EOF
enable_attention_dp: $DP_ATTENTION
kv_cache_config:
  dtype: fp8
  free_gpu_memory_fraction: 0.85
EOF
${more}
trtllm-serve deepseek-ai/DeepSeek-R1 --tp_size 8 --ep_size 8 --extra_llm_api_options=$OPTIONS
`;

describe('a file that the script writes', () => {
  test('is read where it stands, under the flags of the command', () => {
    const { job, links, at } = read(vllm);
    expect(job['serving.kvCacheDtype']).toBe('fp8');
    expect(job['serving.maxModelLen']).toBe(16384);
    expect(job['serving.prefixCaching']).toBe(false);
    expect(job['serving.gpuMemoryUtilization']).toBe(0.95);
    expect([at('serving.kvCacheDtype'), at('serving.gpuMemoryUtilization')]).toEqual(['fp8', '0.95']);
    expect(links.map(({ role }) => role)).toEqual(['model']);
  });

  test('keeps what a variable hides unknown, with its name', () => {
    const { job, sources } = read(vllm);
    expect(job['parallel.tensor']).toBeUndefined();
    expect(JSON.stringify(sources['parallel.tensor'])).toContain('$GPUS');
  });

  test('has what is appended to it', () => {
    const appended = `if [[ "$DP_ATTENTION" == "true" ]]; then
  cat <<EOF >> ./$OPTIONS
max_num_tokens: 4096
max_seq_len: 9472
EOF
fi`;
    expect(read(trtllm('')).job['serving.maxModelLen']).toBeUndefined();
    const { job, at } = read(trtllm(appended));
    expect(job['serving.maxModelLen']).toBe(9472);
    expect(job['serving.freeMemoryShare']).toBe(0.85);
    expect(job['serving.kvCacheDtype']).toBe('fp8');
    expect([at('serving.maxModelLen'), at('serving.freeMemoryShare')]).toEqual(['9472', '0.85']);
  });

  test('written in several ways says what they have alike', () => {
    const branches = (way: string) => `if [ "$MODE" = fast ]; then\n${way.replace('$LENGTH', '4096')}else\n${way}fi\n`;
    const [start, end] = [vllm.indexOf('cat'), vllm.indexOf('vllm serve')];
    const { job, sources } = read(`${vllm.slice(0, start)}${branches(vllm.slice(start, end))}${vllm.slice(end)}`);
    expect(job['serving.kvCacheDtype']).toBe('fp8');
    expect(job['serving.maxModelLen']).toBeUndefined();
    expect(sources['serving.maxModelLen']).toMatchObject({ kind: 'unresolved', why: 'the script writes max-model-len in several ways' });
  });

  test('of another name is not taken', () => {
    const { job, links } = read(vllm.replace('> config.yaml', '> other.yaml'));
    expect(job['serving.kvCacheDtype']).toBeUndefined();
    expect(links.map(({ role }) => role)).toContain('engine-config');
  });
});

describe('devices of a Compose service', () => {
  const service = (ids: string) => `services:
  vllm:
    image: vllm/vllm-openai:latest
    command: --model Qwen/Qwen3-32B --tensor-parallel-size 4
    deploy:
      resources:
        reservations:
          devices:
            - capabilities: [gpu]
              device_ids: ${ids}
`;
  test.each([
    ["['0,1,2,3']", 4],
    ["['0', '1']", 2],
    ['["4,5", "6"]', 3],
  ])('%s are %i', (ids, number) => {
    const [job] = recognise(readDocument('file:///compose.yaml', service(ids)), () => undefined).jobs;
    expect(job?.reading.job['cluster.gpusPerNode']).toBe(number);
  });
});
