/**
 * Plain YAML scalars as PyYAML resolves them (yaml/resolver.py and yaml/constructor.py of PyYAML 6), which is what the
 * training stacks load their files with. It follows YAML 1.1 and differs from every JavaScript library: `1e-4` is a
 * string, `yes` is true, `010` is 8, `1:30` is 90 and `8_192` is 8192.
 */
import type { Scalar } from './document.ts';

const trueText = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const falseText = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const nullText = /^(?:~|null|Null|NULL|)$/;
const integer = /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const float =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Base 60: `1:30` is one minute and thirty seconds. */
function sexagesimal(text: string): number {
  return text.split(':').reduce((total, part) => total * 60 + Number(part), 0);
}

function unsigned(digits: string): number {
  if (/^0b/.test(digits)) return Number.parseInt(digits.slice(2), 2);
  if (/^0x/.test(digits)) return Number.parseInt(digits.slice(2), 16);
  if (digits.includes(':')) return sexagesimal(digits);
  if (/^0./.test(digits) && !digits.includes('.')) return Number.parseInt(digits, 8);
  return Number(digits);
}

/** The value of a plain scalar. */
export function resolvePlain(text: string): Scalar {
  if (trueText.test(text)) return true;
  if (falseText.test(text)) return false;
  if (nullText.test(text)) return null;
  const isInteger = integer.test(text);
  if (!isInteger && !float.test(text)) return text;
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  if (/^\.inf$/i.test(digits)) return sign * Number.POSITIVE_INFINITY;
  if (/^\.nan$/i.test(digits)) return Number.NaN;
  const value = sign * unsigned(digits);
  return Number.isNaN(value) ? text : value;
}
