/** What is shown: the job's name, the GPU, and the estimate's own figures. */
import type { PanelSubject } from '../../server/src/protocol/panel.ts';
import { Banded } from './banded.tsx';

export function Header({ subject: job }: { readonly subject: PanelSubject | undefined }) {
  if (!job) return null;
  return (
    <header>
      <h1>
        {job.title} <span class="gpu">{job.gpu}</span>
      </h1>
      <dl class="summary">
        {job.summary.map(({ label, text, title }) => (
          <div key={label} title={title === undefined ? text : `${text}. ${title}`}>
            <dt>{label}</dt>
            <dd>
              <Banded text={text} />
            </dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

export function Assumptions({ assumptions }: { readonly assumptions: readonly string[] }) {
  if (assumptions.length === 0) return null;
  return (
    <details class="assumptions">
      <summary>{assumptions.length === 1 ? 'One assumption' : `${assumptions.length} assumptions`}</summary>
      <ul>
        {assumptions.map((assumption) => (
          <li key={assumption}>{assumption}</li>
        ))}
      </ul>
    </details>
  );
}
