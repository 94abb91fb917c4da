/** What completion and hovers know of each framework's keys: complete for what is read, and consistent in itself. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jobFields } from '../../server/src/core/fields.ts';
import { adapters } from '../../server/src/frameworks/index.ts';
import { findKey, keyTables, tablesOf } from '../../server/src/frameworks/key-tables.ts';
import type { Row } from '../../server/src/frameworks/row.ts';

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && 'applyDefault' in value && 'keys' in value;

/** The rows that the files of a folder hold; an adapter reads with those of its own. */
async function rowsIn(folder: string): Promise<readonly Row[]> {
  const path = join(import.meta.dirname, '../../server/src/frameworks', folder);
  const modules = await Promise.all(readdirSync(path).map((name) => import(join(path, name)) as Promise<Record<string, unknown>>));
  return modules.flatMap((module) => Object.values(module).flatMap((one) => (Array.isArray(one) ? one.filter(isRow) : [])));
}

const isVariable = (key: string): boolean => /^[A-Z][A-Z0-9_]+$/.test(key);

// A written schedule is a table of actions: it has no keys.
const withKeys = adapters.filter(({ id }) => id !== 'torch-pipelining');

describe.each(withKeys)('$id', ({ id, keys }) => {
  test('has a table of keys', () => {
    expect(keys?.keys.length).toBeGreaterThan(15);
    expect(keys?.source.length).toBeGreaterThan(5);
  });

  test('every key that is read is in the table, and every variable in that of the environment', async () => {
    const missing = (await rowsIn(id)).flatMap((row) =>
      row.keys.filter((key) => {
        if (isVariable(key) && findKey('environment', key)) return false;
        // Rows of a block are given its keys without the names around it.
        return !findKey(keys?.dialect ?? '', key) && !keys?.keys.some(({ name }) => new RegExp(`\\.(?:\\w+_)?${key}$`).test(name));
      }),
    );
    expect([...new Set(missing)]).toEqual([]);
  });
});

test('flags of launchers that are read have a meaning', async () => {
  const dialects = ['torchrun', 'deepspeed', 'accelerate', 'srun', 'mpirun', 'environment'];
  const missing = (await rowsIn('launchers')).flatMap(({ keys }) =>
    keys.filter((key) => !dialects.some((dialect) => findKey(dialect, key))),
  );
  expect([...new Set(missing)]).toEqual([]);
});

const isNone = (fallback: string): boolean => /^(?:null|none)$/i.test(fallback);

const fields = new Set<string>(jobFields);

describe.each(keyTables)('keys of $dialect ($source)', ({ keys, dialect }) => {
  test('are each there once', () => {
    const names = keys.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('say what they do in a sentence without a full stop', () => {
    expect(keys.filter(({ about }) => about.length < 5 || about.endsWith('.')).map(({ name }) => name)).toEqual([]);
  });

  test('have defaults that fit their type', () => {
    const wrong = keys.filter(({ type, values = [], fallback }) => {
      if (fallback === undefined) return false;
      if (type === 'choice') return !values.includes(fallback) && !isNone(fallback);
      return type === 'boolean' && !isNone(fallback) && !/^(?:true|false|0$|1$|on )/i.test(fallback);
    });
    expect(wrong.map(({ name, fallback }) => `${name} ${fallback}`)).toEqual([]);
  });

  test('set fields that exist, and stand for keys that exist', () => {
    expect(keys.filter(({ field }) => field !== undefined && !fields.has(field)).map(({ name }) => name)).toEqual([]);
    const lost = keys.filter(
      ({ renamed }) => renamed !== undefined && !tablesOf(dialect).some((one) => one.keys.some((key) => key.name === renamed)),
    );
    expect(lost.map(({ name }) => name)).toEqual([]);
  });
});
