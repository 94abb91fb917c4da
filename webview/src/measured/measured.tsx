/** The view of measured runs: their tracks under the predicted ones, the parts of the step side by side, and where they differ. */
import { useMemo } from 'preact/hooks';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import type { PanelDevice, PanelMeasured } from '../../../server/src/protocol/measured.ts';
import type { PanelView, ViewProps } from '../views/view.ts';
import { LogsTable } from './logs-table.tsx';
import { PartsTable } from './parts-table.tsx';
import { measuredTracks, predictedTracks } from './tracks.ts';
import { TracksChart } from './tracks-chart.tsx';

export const measuredView: PanelView = {
  id: 'measured',
  label: 'Measured',
  component: (props) => <Measured {...props} />,
};

function Measured({ state, post, simulation }: ViewProps) {
  const measured = state.measured.value;
  const device = measured?.devices[Math.min(state.measuredDevice.value, (measured?.devices.length ?? 1) - 1)];
  return (
    <div class="measured">
      <div class="toolbar">
        <button type="button" onClick={() => post({ type: 'measure', action: 'open' })}>
          Open measured files…
        </button>
        <button type="button" disabled={!device} onClick={() => post({ type: 'measure', action: 'calibrate' })}>
          Calibrate estimates…
        </button>
        {measured && measured.devices.length > 1 && <DevicePicker state={state} measured={measured} />}
      </div>
      {!measured && (
        <p class="keys">
          PyTorch profiler traces (JSON, JSON.gz), Chrome traces, exports of Nsight Systems (SQLite), and logs of Megatron-LM and vLLM are
          shown here beside the prediction. Several files are several ranks.
        </p>
      )}
      {measured?.doubts.map((doubt) => (
        <p class="why" role="status" key={doubt}>
          {doubt}
        </p>
      ))}
      {device && <Device device={device} simulation={simulation} themeChanges={state.themeChanges.value} />}
      {measured?.logs.map((log) => (
        <LogsTable key={log.title} log={log} />
      ))}
    </div>
  );
}

function DevicePicker({ state, measured }: { readonly state: ViewProps['state']; readonly measured: PanelMeasured }) {
  return (
    <label>
      GPU{' '}
      <select
        value={String(state.measuredDevice.value)}
        onChange={(event) => {
          state.measuredDevice.value = Number(event.currentTarget.value);
        }}
      >
        {measured.devices.map(({ title }, at) => (
          <option key={title} value={String(at)}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

interface DeviceProps {
  readonly device: PanelDevice;
  readonly simulation: Simulation | undefined;
  readonly themeChanges: number;
}

function Device({ device, simulation, themeChanges }: DeviceProps) {
  const stage = device.stage;
  const tracks = useMemo(() => {
    const predicted = simulation && stage !== undefined && stage < simulation.request.stages ? predictedTracks(simulation, stage) : [];
    return [...predicted, ...measuredTracks(device)];
  }, [device, simulation, stage]);
  const total = Math.max(device.seconds, simulation && stage !== undefined ? simulation.stepSeconds : 0);
  return (
    <>
      <h2>{device.title}</h2>
      <p class="keys">
        {device.basis}
        {stage === undefined ? '' : `; predicted: pipeline rank ${stage}`}
      </p>
      <ul class="words">
        {device.words.map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      <TracksChart tracks={tracks} total={total} themeChanges={themeChanges} />
      <PartsTable parts={device.parts} step={device.step} />
    </>
  );
}
