/** Kernels of a document: every launch worked out, and what the rules say of them on the devices they may run on. */
import type { KeyName, Severity } from '../core/finding.ts';
import { withCompiled } from '../core/kernels/compiled.ts';
import { configurationsOf } from '../core/kernels/configuration.ts';
import type { KernelFile } from '../core/kernels/facts.ts';
import type { KernelDevice, KernelFinding, ReportKernel } from '../core/kernels/kernel-rule.ts';
import { knownOperator } from '../core/kernels/operators/figures.ts';
import { kernelRules } from '../core/kernels/rules/index.ts';
import { tileConfigurations } from '../core/kernels/tiled/configuration.ts';
import { tileRules } from '../core/kernels/tiled/rules/index.ts';
import { withTritonBuilds } from '../core/kernels/triton/compiled.ts';
import { tritonConfigurations } from '../core/kernels/triton/configuration.ts';
import { tritonRules } from '../core/kernels/triton/rules/index.ts';
import { architectureOf } from '../data/architectures.ts';
import { findAccelerator } from '../data/index.ts';
import type { ConfigDocument } from '../syntax/document.ts';
import {
  type ElsewhereFile,
  type EngineSettings,
  type FileAccess,
  type KernelsAnalysis,
  type PlacedFinding,
  placeAmong,
} from './analysis.ts';
import { withElsewhere } from './kernel-elsewhere.ts';
import { findingsOfKernels, inOrder, type RuledFinding } from './kernel-findings.ts';
import { kernelFileVersion } from './kernel-includes.ts';
import type { Parts } from './parts.ts';
import type { Log } from './run-rules.ts';
import type { WantedSeverity } from './suppress.ts';

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
  usual: readonly string[],
  settings: EngineSettings,
): Pick<KernelsAnalysis, 'devices' | 'isDeviceNamed'> {
  const named = namedDevice.exec(document.text)?.[1] ?? settings.gpu;
  const device = named === undefined ? undefined : deviceOf(named);
  if (device) return { devices: [device], isDeviceNamed: true };
  return { devices: usual.flatMap((id) => deviceOf(id) ?? []), isDeviceNamed: false };
}

/** As findings of configurations look; the key names the kernel's language, which no configuration has. */
function placed({ uri, format }: ConfigDocument, finding: KernelFinding, elsewhere: readonly ElsewhereFile[]): PlacedFinding {
  const { rule, severity, what, why, advice, fixes, range, related } = finding;
  const at: KeyName = `${format}/kernel`;
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
    related: related.map(({ range: there, message }) => ({ place: placeAmong(uri, elsewhere, there), message })),
    edits: fixes.map(({ changes }) => changes.map(({ range: there, text }) => ({ uri, range: there, newText: text }))),
  };
}

interface Ruled {
  readonly id: string;
  readonly severity: Severity;
}

/** Runs rules. One that throws is reported and skipped; the others go on. */
function ruled<Rule extends Ruled>(
  rules: readonly Rule[],
  check: (rule: Rule, report: ReportKernel) => void,
  log: Log,
): readonly RuledFinding[] {
  const found: RuledFinding[] = [];
  for (const [order, rule] of rules.entries()) {
    try {
      check(rule, ({ severity = rule.severity, related = [], fixes = [], ...finding }) => {
        found.push({ order, finding: { ...finding, rule: rule.id, severity, related, fixes } });
      });
    } catch (error) {
      log(`rule ${rule.id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  return found;
}

/** Those that are wanted and stand in the document: what stands in another file is said there. */
function told(
  findings: readonly KernelFinding[],
  document: ConfigDocument,
  wanted: WantedSeverity,
  elsewhere: readonly ElsewhereFile[] = [],
): readonly PlacedFinding[] {
  return findings.flatMap((finding) => {
    const { start } = finding.range;
    const severity = start > document.text.length ? undefined : wanted(finding.rule, finding.severity, start);
    return severity === undefined ? [] : [placed(document, { ...finding, severity }, elsewhere)];
  });
}

/** Runs rules over one document. */
function run<Rule extends Ruled>(
  rules: readonly Rule[],
  check: (rule: Rule, report: ReportKernel) => void,
  { document, wanted, log }: Surroundings,
): readonly PlacedFinding[] {
  const findings = ruled(rules, check, log).map(({ finding }) => finding);
  return told(findings, document, wanted);
}

/** What the parts of an analysis have together. */
interface Surroundings {
  readonly document: ConfigDocument;
  readonly settings: EngineSettings;
  readonly wanted: WantedSeverity;
  readonly log: Log;
}

type Part = Omit<KernelsAnalysis, OfFiles> & Partial<Pick<KernelsAnalysis, OfFiles>>;

/** What only kernels that may come from several files have. */
type OfFiles = 'includes' | 'elsewhere' | 'sources';

/** What answers about kernels rest on besides the text: other files, devices, and sizes that comments give. */
function restsOn(
  { language, given }: KernelFile,
  { devices, isDeviceNamed }: Pick<KernelsAnalysis, 'devices' | 'isDeviceNamed'>,
  uris: readonly string[],
  files: FileAccess,
): string {
  const texts = uris.map((uri) => `${uri} ${kernelFileVersion(uri, files)}`);
  return JSON.stringify([language, [...given], devices.map(({ label }) => label), isDeviceNamed, texts]);
}

function cudaPart({ document, settings, wanted, log }: Surroundings, parts: Parts): Part | undefined {
  const { kernels: own } = document;
  if (!own || own.kernels.length + own.launches.length + own.tileFunctions.length === 0) return undefined;
  const { files, compiled } = parts;
  const { file, text, elsewhere, uris, sources } = withElsewhere(document.uri, document.text, own, files);
  const devices = devicesFor(document, file.language === 'hip' ? usualAmdDevices : usualDevices, settings);
  const compiler = compiled(document.uri, document.text);
  const isCompiled = compiler?.kind === 'compiled';
  const written = configurationsOf(file);
  const configurations = isCompiled ? written.map((one) => withCompiled(one, compiler.file)) : written;
  const rules = kernelRules.filter(({ languages, needsCompiler }) => languages.includes(file.language) && (isCompiled || !needsCompiler));
  const ownKernels = new Set(own.kernels);
  const state = findingsOfKernels(
    { file, kernels: own.kernels, configurations, text, with: restsOn(file, devices, uris, files) },
    // A compiler's figures come and go without a change of the text.
    isCompiled ? undefined : parts.kernels.get(document.uri),
    ({ kernels, launches, configurations: few }) => {
      const input = {
        file: { ...file, launches },
        configurations: few,
        kernels: kernels.filter((one) => ownKernels.has(one)),
        text,
        ...devices,
      };
      return ruled(rules, (rule, report) => rule.check({ ...input, report }), log);
    },
  );
  if (!isCompiled) parts.kernels.set(document.uri, state);
  const findings = told(inOrder(state), document, wanted, elsewhere);
  return {
    cuda: { file, own: own.kernels, configurations, marks: new Map(own.kernels.map((kernel, at) => [kernel, state.marks[at] ?? {}])) },
    ...devices,
    text,
    findings,
    includes: uris,
    elsewhere,
    sources,
    ...(compiler ? { compiler } : {}),
  };
}

function tritonPart(around: Surroundings, { compiled }: Parts): Part | undefined {
  const { document, settings } = around;
  const { triton } = document;
  if (!triton || triton.kernels.length === 0) return undefined;
  const devices = devicesFor(document, usualDevices, settings);
  const compiler = document.kernels && document.kernels.kernels.length > 0 ? undefined : compiled(document.uri, document.text);
  const written = tritonConfigurations(triton);
  const configurations = compiler?.kind === 'compiled' ? withTritonBuilds(written, compiler.file, document.text) : written;
  const input = { file: triton, configurations, text: document.text, devices: devices.devices };
  const findings = run(tritonRules, (rule, report) => rule.check({ ...input, report }), around);
  return { triton: { file: triton, configurations }, ...devices, text: document.text, findings, ...(compiler ? { compiler } : {}) };
}

function tilePart(around: Surroundings): Part | undefined {
  const { document, settings } = around;
  const { tiles } = document;
  if (!tiles) return undefined;
  const devices = devicesFor(document, usualDevices, settings);
  const configurations = tileConfigurations(tiles);
  const input = { file: tiles, configurations, devices: devices.devices, isDeviceNamed: devices.isDeviceNamed };
  const findings = run(tileRules, (rule, report) => rule.check({ ...input, report }), around);
  return { tiles: { file: tiles, configurations }, ...devices, text: document.text, findings };
}

function operatorPart({ document, settings }: Surroundings): Part | undefined {
  const { operators } = document;
  const known = operators?.calls.flatMap((call) => knownOperator(operators, call) ?? []) ?? [];
  return known.length === 0
    ? undefined
    : { operators: known, ...devicesFor(document, usualDevices, settings), text: document.text, findings: [] };
}

/** @returns undefined for a document without kernels. */
export function analyseKernels(document: ConfigDocument, parts: Parts, wanted: WantedSeverity): KernelsAnalysis | undefined {
  const around = { document, settings: parts.settings(), wanted, log: parts.log };
  const found = [cudaPart(around, parts), tritonPart(around, parts), tilePart(around), operatorPart(around)].flatMap((part) => part ?? []);
  const [first] = found;
  return (
    first && {
      ...Object.assign({}, ...found.toReversed(), first),
      findings: found.flatMap(({ findings }) => findings),
      includes: found.flatMap(({ includes = [] }) => includes),
      elsewhere: found.flatMap(({ elsewhere = [] }) => elsewhere),
      sources: found.flatMap(({ sources = [] }) => sources),
    }
  );
}
