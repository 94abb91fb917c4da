/** The cheapest mix for a terminal: what to rent, what each kind sustains, and what each kind alone would cost. */
import { formatMoney, formatNumber, formatPercent } from '../../engine/format.ts';
import type { Mixed } from '../mix-run.ts';
import { table } from './table.ts';

const letter = (sort: number): string => String.fromCharCode('A'.charCodeAt(0) + sort);

/** Parts below this are what a solver leaves of nothing. */
const least = 1e-6;

export function mixText(title: string, { demands, tried, mix, cheapest, dearest, alone, basis }: Mixed): string {
  const price = `${formatMoney(mix.pricePerHour)} an hour`;
  const range = `${cheapest === undefined ? 'unknown' : formatMoney(cheapest)} to ${dearest === undefined ? 'more than can be met' : formatMoney(dearest)}`;
  const sorts = demands.map(({ label, rate }, sort) => [letter(sort), label, formatNumber(rate)]);
  const rented = mix.servers.map(({ kind, count, shares, load }) => [
    kind.label,
    formatNumber(count),
    formatMoney(kind.pricePerHour * count),
    formatPercent(load),
    shares.flatMap((share, sort) => (share > least ? [sharedText(letter(sort), share)] : [])).join(', '),
  ]);
  const kinds = tried.map(({ label, kind, refused }) => [
    label,
    kind ? formatMoney(kind.pricePerHour) : '',
    ...demands.map((_, sort) => (kind ? formatNumber(kind.sustained[sort] ?? 0) : '')),
    aloneText(alone.find((one) => one.label === label)?.mix?.pricePerHour, refused),
  ]);
  const numbers = demands.map((_, sort) => sort + 2);
  return `${[
    `${title}: ${price} (${range})`,
    table(['', 'requests', 'a second'], sorts, [2]),
    table(['rent', 'count', 'an hour', 'busy', 'requests'], rented, [1, 2, 3]),
    'What one server of each kind sustains of each sort within the service level, in requests/s, and the price of taking it alone:',
    table(['server', 'an hour', ...demands.map((_, sort) => letter(sort)), 'alone'], kinds, [1, ...numbers, demands.length + 2]),
    `Brackets: the same with every step as fast and as slow as its band allows (${basis}).`,
    'Sorts of requests on one server are taken to use shares of its time. Servers come whole, so some have time to spare. Prices are those given.',
  ].join('\n\n')}\n`;
}

const sharedText = (name: string, share: number): string => (share > 1 - least ? name : `${formatPercent(share)} of ${name}`);

function aloneText(price: number | undefined, refused: string | undefined): string {
  if (refused !== undefined) return refused;
  return price === undefined ? 'cannot' : formatMoney(price);
}
