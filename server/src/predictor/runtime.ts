/**
 * Who works a batch out: the native ONNX runtime in a child process, which may die without harm, or the reader in this folder.
 * Small batches never wait for a process to start.
 */
import { type ChildProcess, fork } from 'node:child_process';
import type { Network } from './network.ts';

/** What the child is asked and answers; typed arrays travel by structured clone. */
export interface ChildRequest {
  readonly id: number;
  readonly file: string;
  readonly width: number;
  readonly inputs: Float32Array;
}
export interface ChildReply {
  readonly id: number;
  readonly outputs?: readonly Float32Array[];
  readonly problem?: string;
}

/** Rows from which starting a process is worth it. */
const worthwhile = 4096;
/** A child that says nothing for so long is given up. */
const patience = 20_000;

export class NativeRuntime {
  private readonly script: string;
  private child: ChildProcess | undefined;
  private readonly waiting = new Map<number, (reply: ChildReply | undefined) => void>();
  private next = 0;
  private dead = false;

  /** `script`: the bundle that runs in the child. */
  constructor(script: string) {
    this.script = script;
  }

  /** Outputs of the native runtime, or undefined where there is none (any more). */
  async run(network: Network, inputs: Float32Array): Promise<readonly Float32Array[] | undefined> {
    const child = this.start();
    if (child === undefined) return undefined;
    const id = this.next++;
    const reply = await new Promise<ChildReply | undefined>((resolve) => {
      const timer = setTimeout(() => this.giveUp(), patience);
      this.waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      child.send({ id, file: network.file, width: network.width, inputs } satisfies ChildRequest, (error) => {
        if (error) this.giveUp();
      });
    });
    if (reply?.outputs === undefined) this.giveUp();
    return reply?.outputs;
  }

  /** Ends the child; the next run starts none. */
  close(): void {
    this.giveUp();
  }

  private start(): ChildProcess | undefined {
    if (this.dead) return undefined;
    if (this.child) return this.child;
    try {
      this.child = fork(this.script, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    } catch {
      this.dead = true;
      return undefined;
    }
    this.child.on('message', (reply: ChildReply) => this.settle(reply.id, reply));
    this.child.on('error', () => this.giveUp());
    this.child.on('exit', () => this.giveUp());
    this.child.unref();
    this.child.channel?.unref();
    return this.child;
  }

  private settle(id: number, reply: ChildReply | undefined): void {
    const resolve = this.waiting.get(id);
    this.waiting.delete(id);
    resolve?.(reply);
  }

  private giveUp(): void {
    this.dead = true;
    const { child } = this;
    this.child = undefined;
    if (child?.connected) child.disconnect();
    child?.kill();
    for (const id of [...this.waiting.keys()]) this.settle(id, undefined);
  }
}

/** Raw outputs of a batch, by whoever is there. */
export async function runBatch(
  network: Network,
  inputs: Float32Array,
  native: NativeRuntime | undefined,
): Promise<readonly Float32Array[]> {
  if (native && inputs.length >= worthwhile * network.width) {
    const outputs = await native.run(network, inputs);
    if (outputs) return outputs;
  }
  return network.run(inputs);
}
