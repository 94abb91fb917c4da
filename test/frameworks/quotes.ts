/** Whether a piece of text states a value. Used by the tests of the adapters. */

/** Names of the ZeRO stages: Megatron-FSDP's, and FSDP's words or their numbers. */
const stages: readonly RegExp[] = [
  /^no_shard$|^3$|^"?ddp/i,
  /^optim$|^true$/i,
  /^optim_grads$|shard_grad_op|zero2|^[25]$/i,
  /^"?optim_grads_params"?$|full_shard|hybrid_shard|^[14]$|^true$/i,
];

/** True when the text states the number: itself, as a switch that stands for it, as letters or items that are counted, or as a formula. */
export function statesNumber(value: number, text: string): boolean {
  const isSwitch = /^--?[A-Za-z]/.test(text);
  return isSwitch || holdsNumber(value, text) || countsLetters(text) || stages[value]?.test(text) === true || isFormula(value, text);
}

/** True when the text holds the word, however it is spelt. */
export function holdsWord(value: string, text: string): boolean {
  const [said, first] = [text.toLowerCase().replace(/^["']|["']$/g, ''), (value.split(',')[0] ?? '').toLowerCase()];
  // A flag of several values is pointed at by its first; a format says more than the scheme that brings it (`awq-4bit`).
  return said.includes(first) || (said.length > 2 && first.startsWith(`${said}-`));
}

/** True when the text switches something on: a word for yes, the item of a list that asks for a number format, or vLLM's class for batches. */
export function switchesOn(text: string): boolean {
  return /^"?(?:1|true)"?$|float8|[.]mx\b|^LLM$/i.test(text);
}

/** A number of layers or stages is the count of letters of a hybrid pattern. */
const countsLetters = (text: string): boolean => /^"?[-M*]{2,}[-M*G|/]*"?$/.test(text);

/** A product of literals, constants divided or multiplied, or a reference to other keys: worked out by the reader. */
function isFormula(value: number, text: string): boolean {
  if (/^\d+(?:\s*\*\s*\d+)+$/.test(text)) return text.split('*').reduce((product, factor) => product * Number(factor), 1) === value;
  return /^[A-Za-z_]\w*(?:\s*(?:\/\/|\*)\s*[A-Za-z_]\w*)+$/.test(text) || text.startsWith('${');
}

/** The number itself, in another notation, with a multiplier, or as the length of a list of devices. */
function holdsNumber(value: number, text: string): boolean {
  const numbers = [...text.matchAll(/\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/gi)].map((match) => Number(match[0].replaceAll('_', '')));
  const thousands = /\dk/.test(text) && numbers.some((number) => number * 1000 === value);
  const isList = /^"?[\w='",]*\d(?:,\d+)+/.test(text) || /^["']*device=\w+["']*$/.test(text);
  const devices = isList && text.split(',').length === value;
  // GPT-NeoX's 0 stages are one stage.
  const isOne = value === 1 && (text === 'true' || text === '0');
  return numbers.includes(value) || thousands || devices || isOne;
}
