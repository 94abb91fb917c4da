/**
 * Runs a model without a native library: the operators our networks are made of, over batches of rows. Sub, Div, Add, Min and
 * Max take one row of constants for all rows; MatMul takes a matrix of constants; TreeEnsembleRegressor has one target.
 */
import type { Model, Node, Tensor } from './model.ts';
import { readTrees, type Trees } from './trees.ts';

/** Rows worked through together, so that a layer's weights are read once for all of them. */
const block = 64;

type Step = (rows: number) => void;

interface Buffer {
  readonly width: number;
  readonly values: Float32Array;
}

type Combine = (from: Float32Array, constant: Float32Array, to: Float32Array, rows: number) => void;

/** Each loop is its own, because a call per number would cost more than the work. */
const rowWise: Readonly<Record<string, Combine>> = {
  Sub: (from, constant, to, rows) => {
    for (let row = 0, at = 0; row < rows; row++)
      for (let column = 0; column < constant.length; column++, at++) to[at] = (from[at] as number) - (constant[column] as number);
  },
  Div: (from, constant, to, rows) => {
    for (let row = 0, at = 0; row < rows; row++)
      for (let column = 0; column < constant.length; column++, at++) to[at] = (from[at] as number) / (constant[column] as number);
  },
  Add: (from, constant, to, rows) => {
    for (let row = 0, at = 0; row < rows; row++)
      for (let column = 0; column < constant.length; column++, at++) to[at] = (from[at] as number) + (constant[column] as number);
  },
  Min: (from, constant, to, rows) => {
    for (let row = 0, at = 0; row < rows; row++)
      for (let column = 0; column < constant.length; column++, at++) to[at] = Math.min(from[at] as number, constant[column] as number);
  },
  Max: (from, constant, to, rows) => {
    for (let row = 0, at = 0; row < rows; row++)
      for (let column = 0; column < constant.length; column++, at++) to[at] = Math.max(from[at] as number, constant[column] as number);
  },
};

function productStep(from: Buffer, constant: Tensor, to: Buffer): Step {
  const depth = from.width;
  const { width } = to;
  const weights = constant.values;
  const sums = new Float64Array(width);
  return (rows) => {
    for (let row = 0; row < rows; row++) {
      sums.fill(0);
      for (let inner = 0; inner < depth; inner++) {
        const value = from.values[row * depth + inner] as number;
        if (value === 0) continue;
        const start = inner * width;
        for (let column = 0; column < width; column++)
          sums[column] = (sums[column] as number) + value * (weights[start + column] as number);
      }
      to.values.set(sums, row * width);
    }
  };
}

function treesStep(trees: Trees, from: Buffer, to: Buffer): Step {
  const { roots, features, thresholds, whenTrue, whenFalse, weights } = trees;
  const { width, values } = from;
  return (rows) => {
    // Tree by tree, so that the nodes of one stay at hand for all rows.
    const sums = to.values;
    sums.fill(0);
    for (let tree = 0; tree < roots.length; tree++) {
      const root = roots[tree] as number;
      for (let row = 0, start = 0; row < rows; row++, start += width) {
        let at = root;
        for (let feature = features[at] as number; feature >= 0; feature = features[at] as number)
          at = ((values[start + feature] as number) <= (thresholds[at] as number) ? whenTrue[at] : whenFalse[at]) as number;
        sums[row] = (sums[row] as number) + (weights[at] as number);
      }
    }
  };
}

function stepOf(node: Node, from: Buffer, constants: ReadonlyMap<string, Tensor>): { step: Step; to: Buffer } {
  if (node.operator === 'TreeEnsembleRegressor') {
    const to: Buffer = { width: 1, values: new Float32Array(block) };
    return { step: treesStep(readTrees(node), from, to), to };
  }
  const constant = constants.get(node.inputs[1] ?? '');
  const combine = rowWise[node.operator];
  if (constant === undefined || (combine === undefined && node.operator !== 'MatMul'))
    throw new Error(`the operator ${node.operator} is not read, or not with these inputs`);
  const width = combine ? from.width : (constant.dims[1] ?? 1);
  const to: Buffer = { width, values: new Float32Array(block * width) };
  const step: Step = combine ? (rows) => combine(from.values, constant.values, to.values, rows) : productStep(from, constant, to);
  return { step, to };
}

/** A function from rows of inputs to one number per row for each output of the model. Throws on operators that are not read. */
export function evaluator(model: Model, width: number): (inputs: Float32Array) => readonly Float32Array[] {
  const first: Buffer = { width, values: new Float32Array(block * width) };
  const buffers = new Map<string, Buffer>([[model.input, first]]);
  const steps: Step[] = [];
  for (const node of model.nodes) {
    const from = buffers.get(node.inputs[0] ?? '');
    const name = node.outputs[0];
    if (from === undefined || name === undefined) throw new Error(`the input of the operator ${node.operator} is not there`);
    const { step, to } = stepOf(node, from, model.constants);
    steps.push(step);
    buffers.set(name, to);
  }
  const last = model.outputs.map((name) => buffers.get(name));
  if (last.length === 0 || last.some((buffer) => buffer?.width !== 1)) throw new Error('the model must give single numbers for each row');
  return (inputs) => {
    const total = inputs.length / width;
    const outputs = last.map(() => new Float32Array(total));
    for (let start = 0; start < total; start += block) {
      const rows = Math.min(block, total - start);
      first.values.set(inputs.subarray(start * width, (start + rows) * width));
      for (const step of steps) step(rows);
      for (const [index, output] of outputs.entries()) output.set((last[index] as Buffer).values.subarray(0, rows), start);
    }
    return outputs;
  };
}
