/** FLOPs and traffic of Triton kernels from their tiles and loops, against what is known of such kernels on paper. */
import { beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../../server/src/core/kernels/intensity/polynomial.ts';
import { type KernelWork, tritonWork } from '../../server/src/engine/kernel-work.ts';
import { workText } from '../../server/src/engine/kernel-work-summary.ts';
import { workSection } from '../../server/src/report/kernel-work-section.ts';
import { engineOver, loadParsers } from '../engine/support.ts';

beforeAll(loadParsers);

const head = 'import triton\nimport triton.language as tl\n\n';

function workOf(text: string): KernelWork {
  const { kernels } = engineOver({}, { gpu: 'h100' }).engine.analyse('file:///folder/one.py', head + text, 0);
  const first = kernels?.triton?.configurations[0];
  const work = kernels && first && tritonWork(kernels, first);
  if (!work) throw new Error('nothing was counted');
  return work;
}

const shown = ({ intensity }: KernelWork) => ({
  flops: intensity.flops.map(({ unit, format, count }) => `${unit} ${format}: ${textOf(count)}`),
  asked: [textOf(intensity.asked.read), textOf(intensity.asked.written)],
  least: [textOf(intensity.compulsory.read), textOf(intensity.compulsory.written)],
});

const add = `@triton.jit
def add(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = at < n
    x = tl.load(x_ptr + at, mask=mask)
    y = tl.load(y_ptr + at, mask=mask)
    tl.store(out_ptr + at, x + y, mask=mask)

def run(x, y, out, n):
    grid = lambda meta: (triton.cdiv(n, meta["BLOCK"]),)
    add[grid](x, y, out, n, BLOCK=1024)
`;

const rows = `@triton.jit
def shrink(x_ptr, out_ptr, stride, n_rows, BLOCK: tl.constexpr):
    for row in tl.range(tl.program_id(0), n_rows, tl.num_programs(0)):
        at = tl.arange(0, BLOCK)
        start = x_ptr + row * stride
        x = tl.load(start + at)
        e = tl.exp(x - tl.max(x, axis=0))
        out = out_ptr + row * stride
        tl.store(out + at, e / tl.sum(e, axis=0))

def run(x, out, n_rows):
    shrink[(programs,)](x, out, x.stride(0), n_rows, BLOCK=2048)
`;

const product = `@triton.autotune(configs=[triton.Config({"BM": 128, "BN": 64, "BK": 32}, num_stages=3, num_warps=4)], key=["M", "N", "K"])
@triton.jit
def product(a_ptr, b_ptr, c_ptr, M, N, K, sam, sak, sbk, sbn, scm, scn, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):
    pid = tl.program_id(0)
    across = tl.cdiv(N, BN)
    m = pid // across
    n = pid % across
    om = (m * BM + tl.arange(0, BM)) % M
    on = (n * BN + tl.arange(0, BN)) % N
    ok = tl.arange(0, BK)
    a_ptrs = a_ptr + om[:, None] * sam + ok[None, :] * sak
    b_ptrs = b_ptr + ok[:, None] * sbk + on[None, :] * sbn
    acc = tl.zeros((BM, BN), dtype=tl.float32)
    for k in range(0, tl.cdiv(K, BK)):
        a = tl.load(a_ptrs)
        b = tl.load(b_ptrs)
        acc = tl.dot(a, b, acc)
        a_ptrs += BK * sak
        b_ptrs += BK * sbk
    c_ptrs = c_ptr + om[:, None] * scm + on[None, :] * scn
    tl.store(c_ptrs, acc)

def run(a, b, c, M, N, K):
    grid = lambda META: (triton.cdiv(M, META["BM"]) * triton.cdiv(N, META["BN"]),)
    product[grid](a, b, c, M, N, K, a.stride(0), a.stride(1), b.stride(0), b.stride(1), c.stride(0), c.stride(1))
`;

describe('a Triton kernel', () => {
  it('adds vectors with one FLOP and three elements moved each', () => {
    expect(shown(workOf(add))).toEqual({
      flops: ['vector fp32: n'],
      asked: ['2 * element_bytes * n', 'element_bytes * n'],
      least: ['2 * element_bytes * n', 'element_bytes * n'],
    });
  });

  it('visits each row once, however many programs share them', () => {
    expect(shown(workOf(rows))).toEqual({
      flops: [`vector fp32: ${5 * 2048} * n_rows`],
      asked: ['2048 * element_bytes * n_rows', '2048 * element_bytes * n_rows'],
      least: ['2048 * element_bytes * n_rows', '2048 * element_bytes * n_rows'],
    });
  });

  it('multiplies matrices with two FLOPs per element of each sum, and reads each operand once per tile of the other', () => {
    expect(shown(workOf(product))).toEqual({
      flops: ['matrix fp16: 2 * K * M * N'],
      asked: [`${Number((1 / 64 + 1 / 128).toPrecision(6))} * K * M * N * element_bytes`, 'M * N * element_bytes'],
      least: ['K * M * element_bytes + K * N * element_bytes', 'M * N * element_bytes'],
    });
  });

  it('has numbers and a place under the roofs once a comment gives the sizes', () => {
    const small = workOf(`# rooflint: n=100000000\n${add}`).roofs[0]?.roof;
    expect(small?.time.bound).toBe('memory');
    expect(small?.intensity).toBeCloseTo(1 / 12, 9);
    const half = workOf(`# rooflint: n=100000000 element_bytes=2\n${add}`).roofs[0]?.roof;
    expect((small?.time.seconds ?? 0) / (half?.time.seconds ?? 1)).toBeGreaterThan(1.8);
    const large = workOf(`# rooflint: M=8192 N=8192 K=8192\n${product}`).roofs[0]?.roof;
    expect(large?.unit).toBe('matrix');
    expect(large?.intensity).toBeGreaterThan(large?.ridge ?? 0);
  });

  it('says that the bytes of an element are taken for granted', () => {
    expect(workOf(add).sizes).toContainEqual({ name: 'element_bytes', value: 4, from: 'nothing tells the type' });
  });
});

it('names that are assigned together count as those assigned one by one', () => {
  const together = product.replace('    m = pid // across\n    n = pid % across\n', '    m, n = pid // across, pid % across\n');
  expect(together).not.toBe(product);
  expect(shown(workOf(together))).toEqual(shown(workOf(product)));
});

describe('the size of elements', () => {
  const widening = add.replace('tl.load(x_ptr + at, mask=mask)', 'tl.load(x_ptr + at, mask=mask).to(tl.float32)');
  const tensors = (type: string) => `import torch\ndef make(n):\n    return torch.empty(n, dtype=torch.${type}, device="cuda")\n`;

  it.each([
    ['a comment', `# rooflint: element_bytes=1\n${tensors('float16')}${add}`, 1, false],
    ['what tensors of the file are made as', `${tensors('bfloat16')}${add}`, 2, false],
    ['the same in 32 bits', `${tensors('float32')}${add}`, 4, false],
    ['the same in 32 bits, which casts of the kernel make doubtful', `${tensors('float32')}${widening}`, 4, true],
    ['casts of the kernel, where tensors are made in several types', `${tensors('float32')}${tensors('float16')}${widening}`, 2, true],
    ['nothing', add, 4, true],
  ])('comes from %s', (_, text, bytes, isAssumed) => {
    const { sizes, intensity } = workOf(text);
    expect(sizes.find(({ name }) => name === 'element_bytes')?.value).toBe(bytes);
    expect(intensity.notes.some((note) => note.includes('are assumed'))).toBe(isAssumed);
  });
});

describe('what is not followed', () => {
  const sized = (text: string): string => `# rooflint: n=1000000 element_bytes=4\n${text}`;
  const mask = 'x = tl.load(x_ptr + at, mask=mask)';

  it.each([
    ['a load whose place comes from a function of its own', 'x = tl.load(x_ptr + place(at))', 'tl.load(x_ptr + place(at))'],
    ['a load whose pointer does', 'x = tl.load(at_of(x_ptr, at))', 'at_of(x_ptr, at)'],
    ['a function that is handed a pointer', 'x = tl.load(x_ptr + at)\n    spill(y_ptr, at)', 'spill(y_ptr, at)'],
    ['a pointer that is handed by name', 'x = tl.load(pointer=x_ptr + at)', 'tl.load(pointer=x_ptr + at)'],
    [
      'a descriptor of an older release',
      'x = tl._experimental_descriptor_load(d, [0], [BLOCK], tl.float32)',
      'tl._experimental_descriptor_load(d, [0],…',
    ],
    ['arithmetic of an unknown shape', 'x = tl.load(x_ptr + at)\n    z = x * table(at)', 'x * table(at)'],
  ])('is named, and leaves no time: %s', (_, line, named) => {
    const text = add.replace(mask, line);
    expect(text).not.toBe(add);
    expect(workOf(sized(add)).roofs).not.toEqual([]);
    const work = workOf(sized(text));
    expect(work.intensity.unread).toContain(named);
    expect(work.counted).toBeUndefined();
    expect(work.roofs).toEqual([]);
    expect(workText(work)).toBeUndefined();
    const said = workSection(work, true);
    expect(said).toContain('as far as it is followed');
    expect(said).toContain('so there is no time');
    expect(said).not.toContain('intensity');
  });

  it('is nothing where all is followed', () => {
    for (const text of [add, rows, product]) expect(workOf(text).intensity.unread).toEqual([]);
    expect(workSection(workOf(sized(add)), false)).toContain('intensity as asked');
  });

  it('is told of a kernel of which nothing is followed', () => {
    const text = `@triton.jit
def copy(x_ptr, out_ptr, BLOCK: tl.constexpr):
    tl.store(at_of(out_ptr), tl.load(at_of(x_ptr)))
`;
    expect(workSection(workOf(text), false)).toContain('is not looked into, so there is no time');
  });
});
