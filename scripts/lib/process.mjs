// Runs programs for the other scripts. Node built-ins only, since `npm start` needs it before anything is installed.
import { spawn } from 'node:child_process';
import { root } from './paths.mjs';

/**
 * Runs a program to its end without a terminal on its input. Resolves with its exit code; 127 when it could not be
 * started, 124 when it ran longer than `limitSeconds` and was stopped.
 */
export function run(program, args, { limitSeconds = 600, quiet = false, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      ...options,
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      detached: true,
    });
    let output = '';
    let late = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const timer = setTimeout(() => {
      late = true;
      void stopGroup(child.pid);
    }, limitSeconds * 1000);
    const finish = (code) => {
      clearTimeout(timer);
      resolve({ code: late ? 124 : code, output });
    };
    child.on('error', (error) => {
      output += `${error.message}\n`;
      if (!quiet) console.error(error.message);
      finish(127);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
}

/** npm of the Node that runs this script, whatever the path holds. It says what went wrong even below `npm --silent`. */
export function npm(args, options) {
  const own = process.env.npm_execpath;
  const told = { ...options, env: { ...process.env, npm_config_loglevel: 'notice' } };
  return own?.endsWith('.js') ? run(process.execPath, [own, ...args], told) : run('npm', args, told);
}

/** A parent with children, such as code-server: ends the whole process group and waits until it is gone. */
export async function stopGroup(pid) {
  if (pid === undefined) return;
  const signal = (name) => {
    try {
      process.kill(-pid, name);
      return true;
    } catch {
      return false;
    }
  };
  signal('SIGTERM');
  for (let i = 0; i < 50 && signal(0); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  signal('SIGKILL');
}
