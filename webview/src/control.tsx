/** One thing to try, with its name and a way to the text of the file it stands for. */
import type { ComponentChildren } from 'preact';
import type { PanelReply } from '../../server/src/protocol/panel.ts';

export type Post = (reply: PanelReply) => void;

interface ControlProps {
  readonly id: string;
  readonly label: string;
  /** Undefined where no file says it. */
  readonly field?: string;
  readonly post: Post;
  readonly children: ComponentChildren;
}

export function Control({ id, label, field, post, children }: ControlProps) {
  return (
    <div class="control">
      <div class="name">
        <label for={id}>{label}</label>
        {field !== undefined && (
          <button type="button" class="reveal" title={`Show ${label} in the file`} onClick={() => post({ type: 'reveal', field })}>
            <span class="hidden">Show {label} in the file</span>
            <span aria-hidden="true">↗</span>
          </button>
        )}
      </div>
      <div class="input">{children}</div>
    </div>
  );
}
