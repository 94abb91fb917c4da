/** Kernels of a document: every launch worked out, and what the rules say of them on the devices they may run on. */
import type { KeyName } from '../core/finding.ts';
import { configurationsOf, type KernelConfiguration } from '../core/kernels/configuration.ts';
import type { KernelFile } from '../core/kernels/facts.ts';
import type { KernelDevice, KernelFinding, KernelRule } from '../core/kernels/kernel-rule.ts';
import { kernelRules as allRules } from '../core/kernels/rules/index.ts';
import { architectureOf } from '../data/architectures.ts';
import { findAccelerator } from '../data/index.ts';
import type { ConfigDocument } from '../syntax/document.ts';
import type { EngineSettings, PlacedFinding } from './analysis.ts';
import type { Log } from './run-rules.ts';
import type { WantedSeverity } from './suppress.ts';

export interface KernelsAnalysis {
  readonly file: KernelFile;
  readonly configurations: readonly KernelConfiguration[];
  readonly devices: readonly KernelDevice[];
  /** False where the devices are only usual ones. */
  readonly isDeviceNamed: boolean;
  readonly findings: readonly PlacedFinding[];
}

/** Taken where no GPU is named: one of each generation that models run on. */
const usualDevices = ['nvidia-a100-sxm-80gb', 'nvidia-l40s', 'nvidia-h100-sxm-80gb', 'nvidia-b200-sxm-180gb'];
const usualAmdDevices = ['amd-mi250x-gcd', 'amd-mi300x', 'amd-mi355x'];

/** A GPU in a comment: `// rooflint: gpu=h100`. */
const namedDevice = /(?:\/\/|#)+\s*rooflint:[^\n]*\bgpu\s*=\s*([\w.-]+)/;

function deviceOf(name: string): KernelDevice | undefined {
  const accelerator = findAccelerator(name);
  const architecture = accelerator && architectureOf(accelerator);
  return architecture && { label: accelerator.label, architecture, accelerator };
}

function devicesFor(
  document: ConfigDocument,
  file: KernelFile,
  settings: EngineSettings,
): Pick<KernelsAnalysis, 'devices' | 'isDeviceNamed'> {
  const named = namedDevice.exec(document.text)?.[1] ?? settings.gpu;
  const device = named === undefined ? undefined : deviceOf(named);
  if (device) return { devices: [device], isDeviceNamed: true };
  const usual = file.language === 'hip' ? usualAmdDevices : usualDevices;
  return { devices: usual.flatMap((id) => deviceOf(id) ?? []), isDeviceNamed: false };
}

/** As findings of configurations look; the key names the kernel's language, which no configuration has. */
function placed({ uri }: ConfigDocument, language: string, finding: KernelFinding): PlacedFinding {
  const { rule, severity, what, why, advice, fixes, range, related } = finding;
  const at: KeyName = `${language}/kernel`;
  return {
    finding: {
      rule,
      severity,
      at,
      related: [],
      what,
      why,
      fixes: fixes.map(({ title }) => ({ title, changes: [] })),
      ...(advice === undefined ? {} : { advice }),
    },
    place: { uri, range },
    related: related.map(({ range: there, message }) => ({ place: { uri, range: there }, message })),
    edits: fixes.map(({ changes }) => changes.map(({ range: there, text }) => ({ uri, range: there, newText: text }))),
  };
}

/** @returns undefined for a document without kernels. */
export function analyseKernels(
  document: ConfigDocument,
  settings: EngineSettings,
  wanted: WantedSeverity,
  log: Log,
  rules: readonly KernelRule[] = allRules,
): KernelsAnalysis | undefined {
  const file = document.kernels;
  if (!file || (file.kernels.length === 0 && file.launches.length === 0)) return undefined;
  const { devices, isDeviceNamed } = devicesFor(document, file, settings);
  const configurations = configurationsOf(file);
  const findings: PlacedFinding[] = [];
  const input = { file, configurations, kernels: file.kernels, devices, isDeviceNamed, text: document.text };
  for (const rule of rules.filter(({ languages }) => languages.includes(file.language))) {
    try {
      rule.check({
        ...input,
        report: ({ severity = rule.severity, related = [], fixes = [], ...finding }) => {
          const told = wanted(rule.id, severity, finding.range.start);
          if (told !== undefined)
            findings.push(placed(document, file.language, { ...finding, rule: rule.id, severity: told, related, fixes }));
        },
      });
    } catch (error) {
      log(`rule ${rule.id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  return { file, configurations, devices, isDeviceNamed, findings };
}
