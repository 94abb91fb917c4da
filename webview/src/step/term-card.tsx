/** What a figure is made of: formula, inputs with a way to their text, source, band, and the terms it adds up from. */
import type { Term } from '../../../server/src/core/term.ts';
import type { Post } from '../control.tsx';
import { bandText, inputText, valueText } from './term-words.ts';

interface TermProps {
  readonly term: Term;
  readonly post: Post;
  /** The band of the whole, named where the term has none of its own. */
  readonly whole?: Term;
  readonly id?: string;
}

export function TermCard({ term, post, whole, id }: TermProps) {
  const own = bandText(term);
  const outer = whole && bandText(whole);
  return (
    <dl class="term" id={id}>
      {term.formula !== undefined && <Row label="Formula">{term.formula}</Row>}
      {term.inputs !== undefined && term.inputs.length > 0 && (
        <Row label="Inputs">
          <ul>
            {term.inputs.map((input) => (
              <li key={input.name}>
                {inputText(input)}
                {input.field !== undefined && <RevealButton name={input.name} field={input.field} post={post} />}
              </li>
            ))}
          </ul>
        </Row>
      )}
      {term.source !== undefined && <Row label="Source">{term.source}</Row>}
      {own !== undefined && <Row label="Band">{own}</Row>}
      {own === undefined && whole && outer !== undefined && (
        <Row label="Band">
          not known by itself; {whole.label.toLowerCase()} {outer}
        </Row>
      )}
      {term.note !== undefined && <Row label="Note">{term.note}</Row>}
      {term.combine === 'sum' && term.children !== undefined && term.children.length > 0 && (
        <Row label="Made of">
          <ul>
            {term.children.map((child) => (
              <li key={child.id}>
                {child.label} {valueText(child.value, child.unit)}
              </li>
            ))}
          </ul>
        </Row>
      )}
    </dl>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function RevealButton({ name, field, post }: { readonly name: string; readonly field: string; readonly post: Post }) {
  return (
    <button type="button" class="reveal" title={`Show ${name} in the file`} onClick={() => post({ type: 'reveal', field })}>
      <span class="hidden">Show {name} in the file</span>
      <span aria-hidden="true">↗</span>
    </button>
  );
}
