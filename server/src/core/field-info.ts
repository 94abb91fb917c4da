/** What Rooflint can say about a fact itself, whatever its value: the row type of `fields.ts`. */
export interface FieldRange {
  readonly min?: number;
  readonly max?: number;
  /** Only whole numbers make sense. */
  readonly whole?: boolean;
}

export interface FieldInfo {
  /** Full name in the field's words, e.g. "Tensor parallel size". */
  readonly label: string;
  /** How practitioners write it, e.g. "TP". */
  readonly short: string;
  /** Name in `rooflint read`, e.g. `tp`, `model.layers`. */
  readonly fact: string;
  /** Unit of the value when it is a quantity, e.g. "tokens". */
  readonly unit?: string;
  readonly range?: FieldRange;
  /** One or two sentences for the hover. */
  readonly what: string;
  /** Paper, or file in the framework, where the meaning is defined. */
  readonly source: string;
}

/** A count of things: whole and at least one. */
export const count: FieldRange = { min: 1, whole: true };
/** A whole number that may be zero. */
export const wholeFromZero: FieldRange = { min: 0, whole: true };
