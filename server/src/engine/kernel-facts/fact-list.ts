/** Facts of kernel code as they are collected: a value under a stable name, with where it stands. */
import type { Range } from '../../core/origin.ts';
import type { FactSource, Facts } from '../facts.ts';

export class FactList {
  private readonly framework: string;
  private readonly facts: Record<string, unknown> = {};
  private readonly sources: Record<string, FactSource> = {};
  private readonly unresolved: Record<string, string> = {};
  /** Files that the values come from, as the code names them. */
  readonly links: string[] = [];

  constructor(framework: string) {
    this.framework = framework;
  }

  /** Takes nothing where there is no value; the first value of a name stays. */
  written(name: string, value: unknown, range: Range | undefined): void {
    if (value === undefined || name in this.facts) return;
    this.facts[name] = value;
    if (range) this.sources[name] = { kind: 'written', range };
  }

  derived(name: string, value: unknown, from: readonly string[], how: string): void {
    if (value === undefined || name in this.facts) return;
    this.facts[name] = value;
    this.sources[name] = { kind: 'derived', from, how };
  }

  open(name: string, why: string): void {
    if (!(name in this.facts)) this.unresolved[name] = why;
  }

  get all(): Facts {
    const { framework, facts, sources, unresolved } = this;
    return { framework, kind: 'kernel', facts, sources, unresolved };
  }
}
