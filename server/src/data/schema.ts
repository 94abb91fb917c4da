/**
 * What every data file must look like. Only tests and scripts import this: the extension itself carries the data and no
 * validator.
 */
import { z } from 'zod';

const source = z.strictObject({ title: z.string().min(3), where: z.string().min(1).optional() });
const sources = z.record(z.string().regex(/^s\d+$/), source);

/** A figure in one of these units, with a source and what kind of figure it is. */
const figure = (...units: [string, ...string[]]) =>
  z.strictObject({
    value: z.number().positive(),
    unit: z.enum(units),
    source: z.string().regex(/^s\d+$/),
    kind: z.enum(['datasheet', 'measured', 'assumed']),
    note: z.string().min(3).optional(),
  });

const kebabCase = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
const alias = z
  .string()
  .min(1)
  .refine((text) => text === text.toLowerCase(), 'aliases are lower case');
const rate = figure('TFLOP/s', 'TOP/s');

export const acceleratorFile = z.strictObject({
  id: kebabCase,
  label: z.string().min(2),
  vendor: z.enum(['NVIDIA', 'AMD', 'Intel', 'Google']),
  architecture: z.string().min(1),
  aliases: z.array(alias).min(1),
  computeCapability: z.number().positive().optional(),
  memory: z.strictObject({ capacity: figure('GiB', 'GB', 'MiB'), usable: figure('GiB', 'MiB').optional(), bandwidth: figure('GB/s') }),
  peak: z.strictObject({
    fp32: rate.optional(),
    tf32: rate.optional(),
    fp16: rate.optional(),
    bf16: rate.optional(),
    fp8: rate.optional(),
    int8: rate.optional(),
    fp4: rate.optional(),
  }),
  scaleUp: z
    .strictObject({
      kind: z.enum(['NVLink', 'xGMI', 'ICI', 'Ethernet scale-up']),
      bandwidth: figure('GB/s'),
      domainGpus: z.int().positive().optional(),
      wiring: z.enum(['switch', 'direct', 'mesh', 'torus']).optional(),
      axes: z.int().min(1).max(3).optional(),
      within: z.array(z.strictObject({ gpus: z.int().positive(), bandwidth: figure('GB/s') })).optional(),
    })
    .optional(),
  peerAccess: z.boolean().optional(),
  bridge: z.strictObject({ gpus: z.int().positive(), bandwidth: figure('GB/s') }).optional(),
  pcie: figure('GB/s').optional(),
  tdpWatts: figure('W').optional(),
  smCount: figure('count').optional(),
  l2: figure('MiB').optional(),
  sources,
  notes: z.array(z.string().min(3)).optional(),
});

export const networkFile = z.strictObject({
  id: kebabCase,
  label: z.string().min(2),
  aliases: z.array(alias),
  bandwidthPerGpu: figure('GB/s'),
  latency: figure('us'),
  sources,
});

export const nodeFile = z.strictObject({
  id: kebabCase,
  label: z.string().min(2),
  aliases: z.array(alias).min(1),
  accelerator: kebabCase,
  gpusPerNode: figure('count'),
  nics: figure('count'),
  nicRate: figure('Gb/s'),
  network: kebabCase,
  usual: z.literal(true).optional(),
  sources,
});

const count = z.int().positive();

export const instanceFile = z.strictObject({
  cloud: kebabCase,
  source: z.string().min(10),
  instances: z.array(z.strictObject({ names: z.array(alias).min(1), accelerator: kebabCase, gpus: count })).min(1),
});

const normalization = z.enum(['layernorm', 'layernorm-weight', 'layernorm-plain', 'rmsnorm']);

export const modelFile = z.array(
  z.strictObject({
    name: z.string().min(1),
    aliases: z.array(alias),
    source: z.string().min(5),
    parameters: count.optional(),
    assumed: z.array(z.string().min(3)).optional(),
    fields: z.strictObject({
      'model.name': z.string(),
      'model.architecture': z.string().optional(),
      'model.type': z.string().optional(),
      'model.layers': count,
      'model.predictionLayers': count.optional(),
      'model.hidden': count,
      'model.heads': count.optional(),
      'model.kvHeads': count.optional(),
      'model.headDim': count.optional(),
      'model.ffn': count.optional(),
      'model.vocab': count.optional(),
      'model.maxPositions': count.optional(),
      'model.tiedEmbeddings': z.boolean().optional(),
      'model.gatedMlp': z.boolean(),
      'model.activation': z.enum(['gelu', 'swiglu', 'geglu', 'relu', 'squared-relu']),
      'model.normalization': normalization,
      'model.positionEmbedding': z.enum(['learned', 'rope', 'alibi', 'none']).optional(),
      'model.linearBias': z.boolean().optional(),
      'model.qkvBias': z.boolean().optional(),
      'model.attentionOutBias': z.boolean().optional(),
      'model.mlpBias': z.boolean().optional(),
      'model.qkNorm': z.boolean(),
      'model.qkNormSpan': z.enum(['head', 'width']).optional(),
      'model.parallelBlocks': z.boolean().optional(),
      'model.normsPerLayer': count.optional(),
      'model.attentionGate': z.boolean().optional(),
      'model.attentionSinks': z.boolean().optional(),
      'model.attentionKind': z.enum(['MHA', 'MQA', 'GQA', 'MLA', 'hybrid']).optional(),
      'model.mixerPattern': z
        .string()
        .regex(/^[*wMmd.]+$/)
        .optional(),
      'model.ffnPattern': z
        .string()
        .regex(/^[-E.]+$/)
        .optional(),
      'model.ffnWidths': z
        .string()
        .regex(/^\d+(?:,\d+)*$/)
        .optional(),
      'model.experts': count.optional(),
      'model.expertsPerToken': count.optional(),
      'model.expertFfn': count.optional(),
      'model.sharedExpertFfn': z.int().nonnegative().optional(),
      'model.sharedExpertGate': z.boolean().optional(),
      'model.expertBias': z.boolean().optional(),
      'model.routerBias': z.boolean().optional(),
      'model.expertLatent': count.optional(),
      'model.slidingWindow': count.optional(),
      'model.kvLoraRank': count.optional(),
      'model.qLoraRank': count.optional(),
      'model.qkNopeHeadDim': count.optional(),
      'model.qkRopeHeadDim': count.optional(),
      'model.valueHeadDim': count.optional(),
      'model.indexHeads': count.optional(),
      'model.indexHeadDim': count.optional(),
      'model.indexTokens': count.optional(),
      'model.ssmInner': count.optional(),
      'model.ssmState': count.optional(),
      'model.ssmHeads': count.optional(),
      'model.ssmGroups': count.optional(),
      'model.ssmConv': count.optional(),
      'model.ssmTimeRank': count.optional(),
      'model.ssmBias': z.boolean().optional(),
      'model.ssmConvBias': z.boolean().optional(),
      'model.ssmInnerNorms': z.boolean().optional(),
      'model.linearKeyHeads': count.optional(),
      'model.linearValueHeads': count.optional(),
      'model.linearKeyHeadDim': count.optional(),
      'model.linearValueHeadDim': count.optional(),
      'model.linearConv': count.optional(),
      'model.linearGateRank': count.optional(),
      'model.linearFixedDecay': z.boolean().optional(),
      'model.causal': z.boolean().optional(),
      'model.encoderLayers': count.optional(),
      'model.otherParameters': count.optional(),
      'model.modulationParameters': count.optional(),
      'vision.layers': count.optional(),
      'vision.hidden': count.optional(),
      'vision.heads': count.optional(),
      'vision.ffn': count.optional(),
      'vision.gatedMlp': z.boolean().optional(),
      'vision.bias': z.boolean().optional(),
      'vision.normalization': normalization.optional(),
      'vision.tokens': count.optional(),
      'vision.otherParameters': count.optional(),
      'vision.projectorParameters': count.optional(),
      'model.dtype': z.enum(['bf16', 'fp16', 'fp32']).optional(),
      'model.quantization': z.enum(['fp8', 'mxfp4', 'compressed-tensors-w4a16']).optional(),
      'model.quantGroupSize': count.optional(),
      'model.quantSymmetric': z.boolean().optional(),
      'model.quantExcluded': z.string().optional(),
      'model.stateDtype': z.enum(['bf16', 'fp32']).optional(),
      'model.kvSharedLayers': count.optional(),
    }),
  }),
);

export const architectureFile = z.strictObject({
  vendor: z.enum(['NVIDIA', 'AMD']),
  sources,
  architectures: z
    .array(
      z.strictObject({
        id: z.string().regex(/^(?:sm_\d+|gfx[0-9a-f]+)$/),
        label: z.string().min(3),
        computeCapability: z.number().positive().optional(),
        family: z.string().min(3).optional(),
        warpThreads: count,
        threadsPerBlock: count,
        warpsPerMultiprocessor: count,
        blocksPerMultiprocessor: count,
        blocksOfOneWarp: count.optional(),
        registersPerMultiprocessor: count,
        registersPerBlock: count,
        registersPerThread: count,
        registerUnit: count,
        partitions: count,
        loadLanes: count,
        vectorLanes: count,
        sharedPerMultiprocessorKiB: count,
        sharedPerBlockKiB: count,
        sharedPerBlockOptInKiB: count,
        sharedReservedPerBlock: z.int().min(0),
        sharedUnit: count,
        sharedSizesKiB: z.array(z.int().min(0)).min(1),
        note: z.string().min(3).optional(),
      }),
    )
    .min(1),
});
