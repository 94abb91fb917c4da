/** Operators of PyTorch: sizes followed through the module or given in comments, and what they cost. */
import { beforeAll, describe, expect, it } from 'vitest';
import { operatorFigures } from '../../server/src/core/kernels/operators/figures.ts';
import { operatorSummary } from '../../server/src/engine/operator-summary.ts';
import { reportMarkdown } from '../../server/src/report/markdown.ts';
import { engineOver, loadParsers } from '../engine/support.ts';

beforeAll(() => loadParsers());

const analysed = (text: string) =>
  engineOver({}, { gpu: 'h100' }).engine.analyse('file:///w/model.py', `import torch\nimport torch.nn.functional as F\n${text}`, 0);
const sizesIn = (text: string): readonly string[] =>
  (analysed(text).kernels?.operators ?? []).map(({ call, sizes, format }) => `${call.name} ${sizes} ${format}`);

describe('the sizes of a product', () => {
  it('follow from the tensors it takes', () => {
    expect(
      sizesIn(`N = 1024
a = torch.randn(512, 2 * N, device="cuda", dtype=torch.float16)
b = torch.empty((N, 2 * N)).half().cuda()
c = torch.matmul(a, b.t())
d = a @ b.T @ torch.randn(N, 64).half()
e = F.linear(a.view(8, 64, 2048), b)
`),
    ).toEqual([
      'torch.matmul 512 x 1024 x 2048 fp16',
      'a @ b.T @ torch.randn(N, 64).half() 512 x 64 x 1024 fp16',
      'a @ b.T 512 x 1024 x 2048 fp16',
      'F.linear 512 x 1024 x 2048 fp16',
    ]);
  });

  it('come from a layer and what it is given', () => {
    expect(
      sizesIn(`class Block(torch.nn.Module):
    def __init__(self):
        self.up = torch.nn.Linear(1024, 4096, dtype=torch.bfloat16)  # rooflint: M=256

    def forward(self, batch=4):
        x = torch.randn(batch, 128, 1024, dtype=torch.bfloat16)
        return self.up(x)
`),
    ).toEqual(['torch.nn.Linear 256 x 4096 x 1024 bf16', 'self.up 512 x 4096 x 1024 bf16']);
  });

  it('come from a comment where the code leaves them open', () => {
    expect(
      sizesIn(`def f(x, y, z):
    # rooflint: M=4096 N=8192 K=1024
    a = torch.matmul(x, y)
    return torch.matmul(a, z)
`),
    ).toEqual(['torch.matmul 4096 x 8192 x 1024 bf16']);
  });

  it('are not known of a name that is set to something else', () => {
    expect(sizesIn('a = torch.randn(8, 8)\na = load()\nb = a @ torch.randn(8, 8)\n')).toEqual([]);
  });

  it('keep batches of both operands apart from rows', () => {
    expect(sizesIn('a = torch.randn(16, 128, 64)\nb = torch.randn(16, 64, 32)\nc = torch.bmm(a, b)\n')).toEqual([
      'torch.bmm 16 x (128 x 32 x 64) bf16',
    ]);
  });
});

describe('attention', () => {
  it('has its heads, tokens and mask', () => {
    const text = `q = torch.randn(2, 32, 4096, 128, dtype=torch.bfloat16, device="cuda")
k, v = torch.randn(2, 8, 4096, 128, dtype=torch.bfloat16), torch.randn(2, 8, 4096, 128, dtype=torch.bfloat16)
out = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
`;
    expect(sizesIn(text)).toEqual(['F.scaled_dot_product_attention batch 2, 32 heads over 8 of 128, 4096 tokens, causal bf16']);
    // Half the square.
    expect(analysed(text).kernels?.operators?.[0]?.flops).toBe(4 * 2 * 32 * (4096 ** 2 / 2) * 128);
  });
});

describe('what an operator costs', () => {
  const text = 'a = torch.randn(4096, 4096, dtype=torch.bfloat16)\nb = a @ a\nrow = torch.randn(1, 4096, dtype=torch.bfloat16) @ a\n';

  it('is bound by arithmetic or by memory as its intensity says', () => {
    const { kernels } = analysed(text);
    const [device] = kernels?.devices ?? [];
    const figures = (kernels?.operators ?? []).flatMap((one) => (device && operatorFigures(one, device.accelerator)) ?? []);
    expect(figures.map(({ bound }) => bound)).toEqual(['compute', 'memory']);
    expect(figures[0]?.intensity).toBeCloseTo((2 * 4096 ** 3) / (3 * 2 * 4096 ** 2));
    for (const { seconds, least, low, high } of figures) {
      expect(low).toBeGreaterThanOrEqual(least);
      expect(seconds).toBeGreaterThanOrEqual(low);
      expect(high).toBeGreaterThan(seconds);
    }
  });

  it('is said in one line and opened up in the report', () => {
    const analysis = analysed(text);
    const [operator] = analysis.kernels?.operators ?? [];
    expect(operator && operatorSummary(operator, analysis.kernels?.devices ?? [])).toMatch(
      /^4096 x 4096 x 4096 bf16 · 137 GFLOP · 96 MiB · 1365 FLOP\/B · [\d.]+ µs \([\d.]+ to [\d.]+\) on H100 SXM 80 GB, compute-bound$/,
    );
    expect(reportMarkdown(analysis, 0)).toContain('| NVIDIA H100 SXM 80 GB | 96 MiB | 1365 |');
  });
});
