/** Checks of data that came from outside: small functions that say whether a value has a shape, put together like the types. */

export type Check = (value: unknown) => boolean;

export type Fields = { readonly [key: string]: unknown };

/** True of an object with keys; arrays and null are none. */
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

export const text: Check = (value) => typeof value === 'string';

export const textUpTo =
  (longest: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= longest;

export const amount: Check = (value) => typeof value === 'number' && Number.isFinite(value);

export const flag: Check = (value) => typeof value === 'boolean';

export const anyFields: Check = isFields;

export const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

/** The value, or nothing at all. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** Every named field passes its check; other fields are let through unseen. */
export const fields =
  (checks: { readonly [key: string]: Check }): Check =>
  (value) =>
    isFields(value) && Object.entries(checks).every(([key, check]) => check(value[key]));

/** Of several messages told apart by `type`, one that is known and passes its check. */
export const messageOf =
  (checks: { readonly [type: string]: Check }): Check =>
  (value) => {
    if (!isFields(value) || typeof value.type !== 'string' || !Object.hasOwn(checks, value.type)) return false;
    return checks[value.type]?.(value) ?? false;
  };
