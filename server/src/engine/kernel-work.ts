/**
 * What a kernel computes and moves under one launch, and how long that takes on each device: worked out when somebody
 * looks (a hover, a lens, a report), never between a keystroke and its diagnostics.
 */
import type { KernelConfiguration } from '../core/kernels/configuration.ts';
import { type FindFunction, type WithCalled, withCalled } from '../core/kernels/intensity/called.ts';
import { certainOf, countedOf, leastOf } from '../core/kernels/intensity/counted.ts';
import { type DeviceRoof, roofsOf } from '../core/kernels/intensity/device-roofs.ts';
import { type KernelIntensity, kernelIntensity } from '../core/kernels/intensity/kernel-intensity.ts';
import { namesOf } from '../core/kernels/intensity/polynomial.ts';
import type { CountedWork } from '../core/kernels/intensity/roofline.ts';
import { isPlace, sizeNamed } from '../core/kernels/intensity/setting.ts';
import type { TritonConfiguration } from '../core/kernels/triton/configuration.ts';
import { elementBytes, tritonIntensity } from '../core/kernels/triton/intensity.ts';
import { arithmeticOf } from '../syntax/cuda/arithmetic.ts';
import { type CastMacros, castMacrosOf } from '../syntax/cuda/body.ts';
import { functionsIn } from '../syntax/cuda/device-functions.ts';
import { tritonArithmeticOf } from '../syntax/triton/arithmetic.ts';
import type { KernelsAnalysis } from './analysis.ts';

/** A name in a count, and its value where one is known. */
export interface NamedSize {
  readonly name: string;
  readonly value: number | undefined;
  /** Where the value comes from. */
  readonly from: string;
}

export interface KernelWork {
  readonly intensity: KernelIntensity;
  readonly sizes: readonly NamedSize[];
  /** The counts as numbers; undefined while a size is open. */
  readonly counted: CountedWork | undefined;
  readonly roofs: readonly DeviceRoof[];
}

const known = new WeakMap<KernelsAnalysis, Map<KernelConfiguration, KernelWork | undefined>>();
const knownTriton = new WeakMap<KernelsAnalysis, Map<TritonConfiguration, KernelWork | undefined>>();

/** The same of one configuration of a Triton kernel. */
export function tritonWork(kernels: KernelsAnalysis, configuration: TritonConfiguration): KernelWork | undefined {
  const own = knownTriton.get(kernels) ?? new Map<TritonConfiguration, KernelWork | undefined>();
  knownTriton.set(kernels, own);
  if (!own.has(configuration)) own.set(configuration, workOfTriton(kernels, configuration));
  return own.get(configuration);
}

function workOfTriton(kernels: KernelsAnalysis, configuration: TritonConfiguration): KernelWork | undefined {
  const { range, parameters } = configuration.kernel;
  const text = kernels.text.slice(range.start, range.end);
  const names = parameters.map(({ name }) => name);
  const arithmetic = kernels.triton && tritonArithmeticOf(text, names);
  if (!arithmetic || !kernels.triton) return undefined;
  return finished(kernels, tritonIntensity(configuration, arithmetic, kernels.triton.file, { kernel: text, file: kernels.text }));
}

/** @returns undefined where the text of the kernel is not at hand, or nothing in it counts. */
export function kernelWork(kernels: KernelsAnalysis, configuration: KernelConfiguration): KernelWork | undefined {
  const own = known.get(kernels) ?? new Map<KernelConfiguration, KernelWork | undefined>();
  known.set(kernels, own);
  if (!own.has(configuration)) own.set(configuration, work(kernels, configuration));
  return own.get(configuration);
}

function work(kernels: KernelsAnalysis, configuration: KernelConfiguration): KernelWork | undefined {
  const { range, name, nameRange } = configuration.kernel;
  const { text } = kernels;
  // A kernel of another file has its places there.
  if (!text.slice(nameRange.start, nameRange.end).startsWith(name)) return undefined;
  const own = text.slice(range.start, range.end);
  const { macros, find } = surroundingsOf(kernels, range.start);
  const arithmetic = arithmeticOf(own, macros);
  if (!arithmetic) return undefined;
  const called = withCalled(arithmetic, configuration.kernel.shared, find);
  const named = withNames(configuration, called);
  const whole = [own, ...called.texts].join('\n');
  const intensity = kernelIntensity(named, called.arithmetic, whole);
  const certain = certainOf(called.arithmetic, intensity.counting);
  return finished(kernels, intensity, certain && kernelIntensity(named, certain, whole));
}

interface Surroundings {
  readonly macros: CastMacros;
  readonly find: FindFunction;
}

/** By the text of the file, of which an analysis mostly has one. */
const surroundings = new WeakMap<KernelsAnalysis, Map<string, Surroundings>>();

/** Macros and functions that kernels at a place may use. */
function surroundingsOf(kernels: KernelsAnalysis, place: number): Surroundings {
  const own = surroundings.get(kernels) ?? new Map<string, Surroundings>();
  surroundings.set(kernels, own);
  const file = fileAround(kernels, place);
  const known = own.get(file);
  if (known) return known;
  const texts = [file, ...kernels.sources];
  const macros = new Map(texts.toReversed().flatMap((text) => [...castMacrosOf(text)]));
  const found = { macros, find: functionsIn(texts, macros) };
  own.set(file, found);
  return found;
}

/** The text of the file that a place stands in: the document's own, or one thought of behind it. */
function fileAround({ text, elsewhere }: KernelsAnalysis, place: number): string {
  const there = elsewhere.find(({ offset, length }) => place >= offset && place <= offset + length);
  const [first] = elsewhere;
  return there ? text.slice(there.offset, there.offset + there.length) : text.slice(0, first ? first.offset : text.length);
}

/** The kernel with the names of what it calls. */
function withNames(configuration: KernelConfiguration, { constants, changing, shared, aliases, texts }: WithCalled): KernelConfiguration {
  if (texts.length === 0) return configuration;
  const { kernel, scope } = configuration;
  return {
    ...configuration,
    kernel: {
      ...kernel,
      constants: new Map([...constants, ...kernel.constants]),
      changing: new Set([...kernel.changing, ...changing]),
      shared: [...kernel.shared, ...shared],
    },
    scope: {
      ...scope,
      lookUp: (name) => constants.get(name) ?? scope.lookUp(name),
      sizeOf: (type) => scope.sizeOf(type) ?? scope.sizeOf(aliases.get(type) ?? type),
    },
  };
}

/** Sizes, numbers and roofs of what was counted. */
/** @param certain the same without what only values decide, where there is any. */
function finished(kernels: KernelsAnalysis, intensity: KernelIntensity, certain?: KernelIntensity): KernelWork | undefined {
  if (intensity.flops.length + intensity.traffic.length + intensity.unread.length === 0) return undefined;
  const sizes = sizesOf(intensity, kernels);
  const counted = intensity.unread.length > 0 ? undefined : countedOf(intensity);
  const roofs = counted ? roofsOf(counted, leastOf(counted, intensity, certain), intensity, kernels.devices) : [];
  return { intensity, sizes, counted, roofs };
}

function sizesOf(
  { flops, asked, compulsory, byBlocks, counting, elementsFrom }: KernelIntensity,
  { cuda, triton }: KernelsAnalysis,
): readonly NamedSize[] {
  const counts = [...flops.map(({ count }) => count), asked.read, asked.written, compulsory.read, compulsory.written, byBlocks];
  const names = [...new Set(counts.flatMap((count) => [...namesOf(count)]))].filter((name) => !isPlace(name));
  return names.toSorted().map((name) => {
    const value = sizeNamed(name, counting);
    const given = (triton ?? cuda)?.file.given.get(name);
    const isHanded = counting.handed.has(name);
    const from =
      value === undefined
        ? 'not known here'
        : given !== undefined && (!isHanded || given === value)
          ? 'comment `rooflint:`'
          : isHanded
            ? 'the launch'
            : name.includes('Dim.')
              ? 'the launch'
              : name === elementBytes
                ? (elementsFrom ?? 'assumed')
                : 'the code';
    return { name, value, from };
  });
}
