/** Keeps the state of the panel: soon after it changed, and at once when the page may go away. */
import { effect } from '@preact/signals';

/** A drag changes the state with every frame; one message for all of it is enough. */
const settleMilliseconds = 200;

/** `read` tells what there is to keep, undefined for nothing yet; the signals it reads say when it changed. */
export function keepState(read: () => unknown, keep: (saved: unknown) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest: unknown;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (latest !== undefined) keep(latest);
  };
  effect(() => {
    latest = read();
    timer ??= setTimeout(flush, settleMilliseconds);
  });
  document.addEventListener('visibilitychange', flush);
  window.addEventListener('pagehide', flush);
}
