/** Chooses the cluster in steps and stores it in the settings `rooflint.cluster.*` of the workspace. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type ClusterChoices, clusterChoicesRequest } from '../../server/src/protocol/requests.ts';

/** The settings below `rooflint.cluster`; an absent one leaves the matter to the file. */
export interface ClusterChoice {
  readonly gpu?: string;
  readonly gpusPerNode?: number;
  readonly nodes?: number;
  readonly network?: string;
  readonly pricePerGpuHour?: number;
}

const keys = ['gpu', 'gpusPerNode', 'nodes', 'network', 'pricePerGpuHour'] as const;
const title = 'Cluster for the estimates';

/** `choice` comes from a caller that knows already; absent asks the user. Returns what was stored, or undefined when cancelled. */
export async function chooseCluster(client: LanguageClient, choice?: ClusterChoice): Promise<ClusterChoice | undefined> {
  const chosen = choice ?? (await askSteps(client));
  if (chosen) await store(chosen);
  return chosen;
}

async function store(choice: ClusterChoice): Promise<void> {
  const inWorkspace = vscode.workspace.workspaceFolders !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  const settings = vscode.workspace.getConfiguration('rooflint.cluster');
  for (const key of keys) await settings.update(key, choice[key] ?? undefined, target);
}

async function askSteps(client: LanguageClient): Promise<ClusterChoice | undefined> {
  const choices = await client.sendRequest<ClusterChoices>(clusterChoicesRequest);
  const before = vscode.workspace.getConfiguration('rooflint.cluster');
  const gpu = await pick(1, 'GPU', choices.gpus, before.get<string>('gpu'));
  if (gpu === undefined) return undefined;
  const gpusPerNode = await ask(2, 'GPUs per node', before.get<number>('gpusPerNode') ?? 8, wholeNumber);
  if (gpusPerNode === undefined) return undefined;
  const nodes = await ask(3, 'Nodes; leave empty to take the number from the file', before.get<number>('nodes'), wholeNumberOrEmpty);
  if (nodes === undefined) return undefined;
  const network = await pick(4, 'Network between nodes', choices.networks, before.get<string>('network'));
  if (network === undefined) return undefined;
  const price = await ask(5, 'Price in USD per GPU and hour; leave empty for none', before.get<number>('pricePerGpuHour'), priceOrEmpty);
  if (price === undefined) return undefined;
  return {
    gpu,
    gpusPerNode: Number(gpusPerNode),
    network,
    ...(nodes === '' ? {} : { nodes: Number(nodes) }),
    ...(price === '' ? {} : { pricePerGpuHour: Number(price) }),
  };
}

type Choice = ClusterChoices['gpus'][number];

/** One step with a list; the value chosen before stands first. Undefined when the user leaves. */
async function pick(
  step: number,
  placeHolder: string,
  choices: readonly Choice[],
  before: string | undefined,
): Promise<string | undefined> {
  const sorted = [...choices].sort((a, b) => Number(b.id === before) - Number(a.id === before));
  const items = sorted.map(({ id, label, detail }) => ({ id, label, description: id, detail }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `${title} (${step}/5)`,
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return picked?.id;
}

/** One step with a text. Undefined when the user leaves. */
async function ask(
  step: number,
  prompt: string,
  before: number | undefined,
  check: (text: string) => string | undefined,
): Promise<string | undefined> {
  const value = await vscode.window.showInputBox({
    title: `${title} (${step}/5)`,
    prompt,
    value: before === undefined || before === null ? '' : String(before),
    validateInput: (text) => check(text.trim()),
    ignoreFocusOut: true,
  });
  return value?.trim();
}

function wholeNumber(text: string): string | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? undefined : 'A whole number from 1 to 999,999.';
}

function wholeNumberOrEmpty(text: string): string | undefined {
  return text === '' ? undefined : wholeNumber(text);
}

function priceOrEmpty(text: string): string | undefined {
  return text === '' || /^\d{1,6}(\.\d{1,4})?$/.test(text) ? undefined : 'An amount such as 2.50, or nothing.';
}
