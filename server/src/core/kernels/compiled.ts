/** Which of a compiler's results a launch runs, and the configuration with it. */
import type { CompiledFile, CompiledKernel, CompiledLaunch } from './compiled-launch.ts';
import type { KernelConfiguration } from './configuration.ts';
import { evaluate } from './expression.ts';
import { sizeOfType } from './type-sizes.ts';

const bare = (type: string): string =>
  type
    .replace(/\b(?:const|struct|class|typename)\b/g, '')
    .replace(/(?:\w+::)+/g, '')
    .replace(/^\s*__(?=half|nv_)/, '')
    .replace(/\s+/g, '');

/** False only where the two certainly differ: a name given elsewhere may stand for anything. */
function mayBeType(written: string, compiled: string): boolean {
  const [own, other] = [bare(written), bare(compiled)];
  return own === other || sizeOfType(own) === undefined || sizeOfType(other) === undefined;
}

/** `128`, `true`, `(ns::Kind)3`. */
function numberIn(argument: string): number | undefined {
  if (argument === 'true' || argument === 'false') return Number(argument === 'true');
  const value = Number(argument.replace(/^\([^)]*\)/, ''));
  return Number.isNaN(value) ? undefined : value;
}

function mayBe({ kernel, template, scope }: KernelConfiguration, compiled: CompiledKernel): boolean {
  if (compiled.name !== kernel.name) return false;
  return kernel.template.every(({ name, isType }, index) => {
    const argument = compiled.templateArguments?.[index];
    const written = template.get(name);
    if (argument === undefined || written === undefined) return true;
    if (isType) return mayBeType(written, argument);
    const known = evaluate({ kind: 'name', name, text: name }, scope);
    const value = numberIn(argument);
    return known === undefined || value === undefined || known === value;
  });
}

/** @returns undefined where the compiler made nothing of the kernel, as of a template that nobody instantiates. */
export function compiledLaunch(configuration: KernelConfiguration, file: CompiledFile): CompiledLaunch | undefined {
  const [first, ...others] = file.kernels.filter((kernel) => mayBe(configuration, kernel));
  return first && { compiler: file.compiler, architecture: file.architecture, kernels: [first, ...others] };
}

/** The configuration with what the compiler says in place of what the text does. */
export function withCompiled(configuration: KernelConfiguration, file: CompiledFile): KernelConfiguration {
  const compiled = compiledLaunch(configuration, file);
  if (!compiled) return configuration;
  const shared = new Set(compiled.kernels.map((kernel) => kernel.shared));
  const [only] = shared;
  const isKnown = shared.size === 1 && only !== undefined;
  return { ...configuration, compiled, ...(isKnown ? { staticShared: { value: only, unknown: [] } } : {}) };
}

/** `sm_90a` runs on what `sm_90` names. */
export const baseArchitecture = (architecture: string): string => architecture.replace(/^(sm_\d+)[af]$/, '$1');
