/** Entry point of the panel: connects the host, the state and the page. A training job and a server have a state and a page each. */
import { signal } from '@preact/signals';
import { render } from 'preact';
import type { JobMessage } from '../../server/src/protocol/panel.ts';
import { App } from './app.tsx';
import { takeBeside } from './compare/beside.ts';
import { connectHost } from './host.ts';
import { keepState } from './keep-state.ts';
import { takeSearch } from './schedules/search-state.ts';
import { ServingApp } from './serving/serving-app.tsx';
import { createServingState, receiveServing, restoreServing, savedServing, serverWritten, startWork } from './serving/serving-state.ts';
import { createState, receive, receiveMeasured, restore, scheduleWritten, toSaved } from './state.ts';
import { onThemeChange } from './theme.ts';
import { startAsking } from './what-if/trial.ts';
import './theme.css';
import './panel.css';
import './timeline/timeline.css';
import './views/operations.css';
import './measured/measured.css';
import './schedules/schedules.css';
import './serving/serving.css';
import './step/step.css';
import './what-if/what-if.css';

const host = connectHost();
const state = createState();
const serving = createServingState(state.themeChanges);
const shown = signal<'training' | 'serving'>('training');
let restored = false;

const asking = startAsking(state.trial, state.job, state.change, host.post);
const askingServer = startAsking(serving.trial, serving.job, serving.change, host.post);

/** A job, or why there is none. */
function receiveJob(message: JobMessage): void {
  if (message.type === 'serving') {
    shown.value = 'serving';
    receiveServing(serving, message.job);
    if (!restored) restoreServing(serving, host.load());
  } else if (message.type === 'empty' && shown.value === 'serving') serving.why.value = message.why;
  else {
    receive(state, message);
    if (message.type === 'job') shown.value = 'training';
    if (!restored && message.type === 'job') restore(state, host.load());
  }
  restored ||= message.type !== 'empty';
}

host.onMessage((message) => {
  if (message.type === 'whatIf') void (asking.take(message) || askingServer.take(message));
  else if (message.type === 'applied') {
    if (shown.value === 'serving') serverWritten(serving, message);
    else scheduleWritten(state, message);
  } else if (message.type === 'beside' || message.type === 'others') takeBeside(state.beside, message);
  else if (message.type === 'schedules') takeSearch(state.search, message);
  else if (message.type === 'measured') receiveMeasured(state, message.measured, message.isNew);
  else receiveJob(message);
});
onThemeChange(() => {
  state.themeChanges.value++;
});
keepState(
  () => (shown.value === 'serving' ? savedServing(serving) : toSaved(state)),
  (saved) => restored && host.save(saved),
);
startWork(serving);

function Panel() {
  return shown.value === 'serving' ? (
    <ServingApp state={serving} writes={host.writes} post={host.post} />
  ) : (
    <App state={state} writes={host.writes} post={host.post} />
  );
}

let root = document.getElementById('root');
if (!root) {
  root = document.createElement('div');
  root.id = 'root';
  document.body.append(root);
}
// A page that only reads has no editor to show a text in.
root.classList.toggle('reads-only', !host.writes);
render(<Panel />, root);
host.post({ type: 'ready' });
