/** An answer without figures, for a question that could not be answered. */
import type { WhatIfAnswer } from './panel.ts';

export const noAnswer = (why: string): Omit<WhatIfAnswer, 'turn'> => ({
  shown: { type: 'empty', why },
  controls: [],
  withheld: [],
  rows: [],
  findings: [],
  unwritable: [],
  settings: [],
  patch: '',
});
