// Predicted against measured as a small SVG with logarithmic axes, readable on a light and on a dark page.

const size = 360;
const margin = { left: 46, right: 10, top: 10, bottom: 40 };
const round = (value) => Math.round(value * 10) / 10;

/** Dots as one path: zero-length strokes with round ends. */
const dots = (points) => points.map(([x, y]) => `M${round(x)} ${round(y)}h0`).join('');

function ticks(low, high) {
  const list = [];
  for (let power = Math.ceil(low); power <= Math.floor(high); power += 1) list.push(power);
  return list;
}

const label = (power) => (power >= -2 && power <= 4 ? String(10 ** power) : `1e${power}`);

/** `figures` of one kind; held-out sources have their own colour. */
export function scatterPlot(figures, title) {
  const drawn = figures.filter(({ predicted, measured }) => predicted > 0 && measured > 0);
  const values = drawn.flatMap(({ predicted, measured }) => [Math.log10(predicted), Math.log10(measured)]);
  const low = Math.min(...values) - 0.1;
  const high = Math.max(...values) + 0.1;
  const span = size - margin.left - margin.right;
  const tall = size - margin.top - margin.bottom;
  const x = (value) => margin.left + ((value - low) / (high - low)) * span;
  const y = (value) => margin.top + (1 - (value - low) / (high - low)) * tall;
  const unique = (list) => [...new Map(list.map((point) => [point.map(round).join(' '), point])).values()];
  const points = (heldOut) =>
    dots(
      unique(
        drawn
          .filter(({ group }) => group.heldOut === heldOut)
          .map(({ predicted, measured }) => [x(Math.log10(measured)), y(Math.log10(predicted))]),
      ),
    );
  const line = (factor) => {
    const shift = Math.log10(factor);
    const from = Math.max(low, low - shift);
    const to = Math.min(high, high - shift);
    return `M${round(x(from))} ${round(y(from + shift))}L${round(x(to))} ${round(y(to + shift))}`;
  };
  const grid = ticks(low, high);
  const bottom = size - margin.bottom;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size}" height="${size}" role="img" aria-label="${title}">
<style>text{font:11px sans-serif;fill:#57606a}path{fill:none;stroke-linecap:round}.g{stroke:#d0d7de}.e{stroke:#57606a}.b{stroke:#57606a;stroke-dasharray:3 4}.f{stroke:#0969da;stroke-width:4;stroke-opacity:.55}.h{stroke:#bc4c00;stroke-width:4;stroke-opacity:.55}@media(prefers-color-scheme:dark){text{fill:#9da7b1}.g{stroke:#30363d}.e,.b{stroke:#9da7b1}.f{stroke:#58a6ff}.h{stroke:#f0883e}}</style>
<path class="g" d="${grid.map((power) => `M${round(x(power))} ${margin.top}V${bottom}M${margin.left} ${round(y(power))}H${size - margin.right}`).join('')}"/>
<path class="e" d="${line(1)}"/><path class="b" d="${line(1.2)}${line(1 / 1.2)}"/>
<path class="f" d="${points(false)}"/><path class="h" d="${points(true)}"/>
${grid.map((power) => `<text x="${round(x(power))}" y="${bottom + 14}" text-anchor="middle">${label(power)}</text><text x="${margin.left - 5}" y="${round(y(power)) + 4}" text-anchor="end">${label(power)}</text>`).join('')}
<text x="${margin.left + span / 2}" y="${size - 10}" text-anchor="middle">measured</text><text transform="rotate(-90)" x="${-(margin.top + tall / 2)}" y="11" text-anchor="middle">predicted</text>
<text x="${margin.left + 8}" y="${margin.top + 14}"><tspan class="k" fill="#0969da">&#9679;</tspan> open sources <tspan fill="#bc4c00">&#9679;</tspan> held out; dashed: 20 % off</text>
</svg>
`;
}
