// A real VS Code with a throw-away profile and a copy of test/e2e/workspace, reachable on 127.0.0.1 only.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeServerEntry, codeServerNode } from '../../../scripts/lib/e2e-tools.mjs';
import { root } from '../../../scripts/lib/paths.mjs';
import { run, stopGroup } from '../../../scripts/lib/process.mjs';

/** No welcome page, nothing that calls home, and a window as a reader of the marketplace page would see it. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  // The web build saves by itself; the tests rely on edits that stay unsaved.
  'files.autoSave': 'off',
  'editor.minimap.enabled': false,
  'window.commandCenter': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Dark Modern',
  'editor.fontFamily': 'DejaVu Sans Mono',
};

/**
 * `restricted` leaves the workspace untrusted; `vsix` is installed first; `extraArguments` go to code-server.
 * Resolves to the running editor; `stop` ends it and removes its files.
 */
export async function startCodeServer({ restricted = false, vsix, settings = {}, extraArguments = [], log }) {
  const home = mkdtempSync(join(tmpdir(), 'rooflint-e2e-'));
  const folder = join(home, 'workspace');
  mkdirSync(join(home, 'data', 'User'), { recursive: true });
  cpSync(join(root, 'test/e2e/workspace'), folder, { recursive: true });
  const trust = restricted ? {} : { 'security.workspace.trust.enabled': false };
  writeFileSync(join(home, 'data', 'User', 'settings.json'), JSON.stringify({ ...quietSettings, ...trust, ...settings }));
  writeFileSync(join(home, 'config.yaml'), 'auth: none\n');

  const profile = [
    '--config',
    join(home, 'config.yaml'),
    '--user-data-dir',
    join(home, 'data'),
    '--extensions-dir',
    join(home, 'extensions'),
  ];
  const env = environment(home);
  let child;
  const stop = async () => {
    await stopGroup(child?.pid);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    if (vsix) await installExtension(profile, env, vsix);
    const port = await freePort();
    const quiet = ['--auth', 'none', '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
    const trustFlag = restricted ? [] : ['--disable-workspace-trust'];
    const address = ['--bind-addr', `127.0.0.1:${port}`];
    child = spawn(codeServerNode, [codeServerEntry, ...profile, ...quiet, ...trustFlag, ...address, ...extraArguments], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const file = createWriteStream(log);
    child.stdout.pipe(file);
    child.stderr.pipe(file);
    const url = `http://127.0.0.1:${port}`;
    await answers(child, url);
    return { home, folder, url, stop, remote: (path) => `vscode-remote://127.0.0.1:${port}${path}` };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Its own home, so that nothing of the user's is read or written; an empty gallery address stops all look-ups there. */
function environment(home) {
  const env = { ...process.env, HOME: home, TMPDIR: home, XDG_RUNTIME_DIR: home, EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
  for (const name of ['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'VSCODE_IPC_HOOK_CLI', 'PORT', 'PASSWORD', 'NODE_OPTIONS']) delete env[name];
  return env;
}

async function installExtension(profile, env, vsix) {
  const args = [codeServerEntry, ...profile, '--install-extension', vsix];
  const { code, output } = await run(codeServerNode, args, { env, quiet: true, limitSeconds: 120 });
  if (code !== 0 || !output.includes('successfully installed')) throw new Error(`the extension was not installed: ${output.slice(-500)}`);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

async function answers(child, url) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`code-server ended with exit code ${child.exitCode}`);
    const response = await fetch(`${url}/healthz`).catch(() => undefined);
    if (response?.ok) return;
    if (Date.now() > deadline) throw new Error('code-server did not answer within a minute');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
